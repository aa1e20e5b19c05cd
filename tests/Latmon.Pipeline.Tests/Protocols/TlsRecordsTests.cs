using Latmon.Pipeline.Protocols;

namespace Latmon.Pipeline.Tests.Protocols;

/// <summary>Bursts of TLS's own against those that carry requests, as OpenSSL's client sends them.</summary>
public sealed class TlsRecordsTests
{
    private static readonly byte[] ClientHello = Record(0x16, 512);
    private static readonly byte[] LongClientHello = Record(0x16, 1700);
    private static readonly byte[] ChangeCipherSpec = Record(0x14, 1);
    private static readonly byte[] KeyExchange = Record(0x16, 37);
    private static readonly byte[] OldFinished = Record(0x16, 40);
    private static readonly byte[] Finished = Record(0x17, 69);
    private static readonly byte[] ShortFinished = Record(0x17, 53);
    private static readonly byte[] Request = Record(0x17, 120);
    private static readonly byte[] Alert = Record(0x17, 19);
    private static readonly byte[] OldAlert = Record(0x15, 26);

    public static TheoryData<string, byte[], bool, bool> Bursts => new()
    {
        { "hello", ClientHello, false, true },
        { "hello longer than what is kept", LongClientHello, false, true },
        { "second flight of 1.2", [.. KeyExchange, .. ChangeCipherSpec, .. OldFinished], true, true },
        { "second flight of 1.2, resumed, with the request", [.. ChangeCipherSpec, .. OldFinished, .. Request], true, false },
        { "second flight of 1.3", [.. ChangeCipherSpec, .. Finished], true, true },
        { "second flight of 1.3, shorter hash", [.. ChangeCipherSpec, .. ShortFinished], true, true },
        { "second flight of 1.3 without compatibility", Finished, true, true },
        { "second flight of 1.3 with the request", [.. ChangeCipherSpec, .. Finished, .. Request], true, false },
        { "second flight of 1.3 with a request of the same length", [.. ChangeCipherSpec, .. Finished, .. Finished], true, false },
        { "request", Request, false, false },
        { "request as long as a Finished", Finished, false, false },
        { "alert of 1.3", Alert, false, true },
        { "alert of 1.2", OldAlert, false, true },
        { "nothing kept", [], false, false },
        { "no records", [.. "GET / HTTP/1.1"u8], true, false },
    };

    [Theory]
    [MemberData(nameof(Bursts))]
    public void Bursts_are_told_apart_by_the_headers_of_their_records(string name, byte[] burst, bool awaitsFinished, bool expected) =>
        Assert.True(expected == Are(burst, ref awaitsFinished), name);

    [Fact]
    public void A_first_request_as_long_as_a_Finished_is_a_request()
    {
        foreach (byte[] end in (byte[][])[[.. ChangeCipherSpec, .. Finished], [.. KeyExchange, .. ChangeCipherSpec, .. OldFinished]])
        {
            bool awaitsFinished = false;
            Assert.True(Are(ClientHello, ref awaitsFinished));
            Assert.True(Are(end, ref awaitsFinished));
            Assert.False(Are(Finished, ref awaitsFinished));
        }
    }

    private static bool Are(byte[] burst, ref bool awaitsFinished) =>
        TlsRecords.AreHandshake(burst.AsSpan(0, Math.Min(burst.Length, 512)), burst.Length, ref awaitsFinished);

    private static byte[] Record(byte type, int length) => [type, 3, 3, (byte)(length >> 8), (byte)length, .. new byte[length]];
}
