using System.Text;
using Latmon.Pipeline.Protocols;
using static Latmon.Pipeline.Tests.Protocols.PostgresBytes;

namespace Latmon.Pipeline.Tests.Protocols;

public sealed class PostgresRecognitionTests
{
    private const int Seed = 99;
    private const int Cases = 1_000_000;

    [Fact]
    public void Any_turn_in_the_middle_of_a_connection()
    {
        Assert.True(PostgresRecognition.Recognizes(Query("/* x */ Select 1"), Join(Columns, Row("1"), Complete("SELECT 1"), Ready())));
        Assert.True(PostgresRecognition.Recognizes(Join(Bind("S_1"), Execute(), Sync), Join(Bound, Complete("SELECT 0"), Ready())));
        Assert.True(PostgresRecognition.Recognizes(Join(CopyData("1"), CopyDone), Join(Complete("COPY 1"), Ready())));
        Assert.True(PostgresRecognition.Recognizes([], Join(Complete("SELECT 1"), Ready())));
        Assert.True(PostgresRecognition.Recognizes(Query("begin"), []));
        Assert.True(PostgresRecognition.Recognizes(TlsRequest, [(byte)'N']));
        Assert.True(PostgresRecognition.Recognizes(Startup, Authentication(0)));
    }

    [Theory]
    [InlineData("PING\r\n", "+PONG\r\n")]
    [InlineData("*1\r\n$4\r\nPING\r\n", "+PONG\r\n")]
    [InlineData("Q\0\0\0\u0003select 1", "\u0001\0\0\u0001\u0001")]
    [InlineData("\u0009\0\0\0\u0003SELECT 1", "\u0001\0\0\u0001\u0001")]
    [InlineData("EHLO x\r\n", "250 ok\r\n")]
    [InlineData("Q\0\0\0\u0009nope\0", "Z\0\0\0\u0005I")]
    [InlineData("Q\0\0\0\u000bselect", "HTTP/1.1 200 OK\r\n")]
    [InlineData("S\0\0\0\u0004", "")]
    [InlineData("S\0\0\0\u0004", "Z\0\0\0\u0005X")]
    [InlineData("", "Z\0\0\0\u0005")]
    [InlineData("\0\0\0\u0010\0\u0003\0\0abcdefgh", "\u0001\u0002")]
    public void Other_protocols(string request, string response) =>
        Assert.False(PostgresRecognition.Recognizes(Encoding.Latin1.GetBytes(request), Encoding.Latin1.GetBytes(response)));

    [Fact]
    public void Noise_is_none()
    {
        Random random = Seeds.Random(Seed);
        byte[] bytes = new byte[64];
        for (int i = 0; i < Cases; i++)
        {
            random.NextBytes(bytes);
            int request = random.Next(1, 32);
            int response = random.Next(1, 32);
            Assert.False(PostgresRecognition.Recognizes(bytes.AsSpan(0, request), bytes.AsSpan(32, response)) && request > 5 && response > 5);
        }
    }
}
