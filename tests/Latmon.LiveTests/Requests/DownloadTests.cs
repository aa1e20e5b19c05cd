using System.Net.Sockets;
using System.Text;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Requests;

public sealed class DownloadTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    private readonly NginxServer _nginx = shared.Server;

    [Fact]
    public void A_big_file_by_sendfile_is_one_answer_with_all_its_bytes()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        HttpReply reply = connection.Ask(HttpText.Get("/files/big.bin"));
        connection.Ask(HttpText.Get("/ok/next"));

        TraceRun run = latmon.Finish(2);
        Assert.Equal(["GET /files/big.bin 200", "GET /ok/next 200"], run.Summaries);
        Assert.Equal(reply.Bytes, run.Traces[0].ResponseBytes);
    }

    [Fact]
    public void A_slow_reader_costs_time_after_the_application_not_in_it()
    {
        const int Bytes = NginxServer.BigFileBytes;
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = LateReader.Open(_nginx.Port, receiveBufferBytes: 64 * 1024);
        connection.Send(HttpText.Get("/files/big.bin"));
        long pausedNs = new PiecewiseClient(connection).ReadSlowly(Bytes, 64 * 1024, every: 100, TimeSpan.FromMilliseconds(20));

        // A pause near the end costs the server nothing: what is left lies in its own send buffer (4 MB at most) by then.
        TraceLine trace = latmon.Finish(1).Only;
        long afterwards = trace.LayerNs("response.write") + trace.LayerNs("tcp.tx");
        Assert.True(afterwards > pausedNs * 2 / 3, $"{afterwards} of {pausedNs} ns\n{trace}");
        Assert.True(trace.LayerNs("app") < trace.DurationNs / 10, trace.Text);
    }

    [Fact]
    public void A_file_in_chunks_ends_where_its_last_chunk_ends()
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        HttpReply reply = connection.Ask(HttpText.Get("/files/text.txt", "Accept-Encoding: gzip"));
        connection.Ask(HttpText.Get("/ok/next"));

        TraceRun run = latmon.Finish(2);
        Assert.Equal(["GET /files/text.txt 200", "GET /ok/next 200"], run.Summaries);
        Assert.Equal(reply.Bytes, run.Traces[0].ResponseBytes);
    }

    [Fact]
    public void Chunks_written_one_by_one_are_one_answer()
    {
        using SocketServer server = SocketServer.Start(AnswerInChunks);
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        HttpReply first = connection.Ask(HttpText.Get("/first"));
        connection.Ask(HttpText.Get("/second"));
        connection.Dispose();

        TraceRun run = latmon.Finish(2);
        Assert.Equal(["GET /first 200", "GET /second 200"], run.Summaries);
        Assert.Equal(first.Bytes, run.Traces[0].ResponseBytes);
    }

    [Fact]
    public void An_answer_that_ends_with_the_connection_is_whole()
    {
        using SocketServer server = SocketServer.Start(AnswerAndClose);
        using LatmonTrace latmon = LatmonTrace.OfPort(server.Port);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        HttpReply reply = connection.Ask(HttpText.Get("/until/close"));
        connection.Dispose();

        TraceLine trace = latmon.Finish(1).Only;
        Assert.Equal("GET /until/close 200", trace.Summary);
        Assert.Equal(reply.Bytes, trace.ResponseBytes);
    }

    private static void AnswerInChunks(Socket connection)
    {
        HttpRequestReader reader = new(connection);
        while (reader.Read() is not null)
        {
            connection.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8);
            for (int i = 1; i <= 20; i++)
            {
                connection.Send(Encoding.ASCII.GetBytes($"{i * 100:x}\r\n{new string('c', i * 100)}\r\n"));
            }

            connection.Send("0\r\n\r\n"u8);
        }
    }

    private static void AnswerAndClose(Socket connection)
    {
        new HttpRequestReader(connection).Read();
        connection.Send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8);
        connection.Send(new byte[100_000]);
    }
}
