using System.Buffers.Text;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Protocols;
using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Windows;

/// <summary>The names of groups, written as bytes: <c>nginx:80</c>, <c>GET /items/{id}</c>.</summary>
internal static class GroupKey
{
    public static int Service(in Exchange exchange, Span<byte> key)
    {
        ReadOnlySpan<byte> comm = ((ReadOnlySpan<byte>)exchange.Comm)[..CommLength(exchange.Comm)];
        comm.CopyTo(key);
        if (exchange.IsUnix)
        {
            ":unix"u8.CopyTo(key[comm.Length..]);
            return comm.Length + ":unix".Length;
        }

        key[comm.Length] = (byte)':';
        _ = Utf8Formatter.TryFormat(exchange.LocalPort, key[(comm.Length + 1)..], out int digits);
        return comm.Length + 1 + digits;
    }

    public static int Route(in Exchange exchange, ReadOnlySpan<byte> path, Span<byte> key)
    {
        if (exchange.Protocol == ProtocolName.PostgreSql)
        {
            return Statement(exchange, path, key);
        }

        if (exchange.Protocol != ProtocolName.Http1)
        {
            return Service(exchange, key);
        }

        ReadOnlySpan<byte> method = exchange.Method.Utf8Text();
        method.CopyTo(key);
        key[method.Length] = (byte)' ';
        return method.Length + 1 + Windows.Route.Write(path, key[(method.Length + 1)..]);
    }

    private static int Statement(in Exchange exchange, ReadOnlySpan<byte> text, Span<byte> key)
    {
        StatementNotes notes = exchange.Database.Notes;
        if (text.IsEmpty)
        {
            ReadOnlySpan<byte> connect = "connect"u8;
            connect.CopyTo(key);
            return (notes & StatementNotes.Connect) != 0 ? connect.Length : Service(exchange, key);
        }

        ReadOnlySpan<byte> prefix = (notes & StatementNotes.NotExecuted) != 0 ? "PREPARE "u8 : default;
        prefix.CopyTo(key);
        return prefix.Length + StatementName.Write(text, key[prefix.Length..]);
    }

    public static int CommLength(ReadOnlySpan<byte> comm)
    {
        int end = comm.IndexOf((byte)0);
        return end < 0 ? Bytes16.Length : end;
    }
}
