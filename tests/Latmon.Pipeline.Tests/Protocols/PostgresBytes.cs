using System.Buffers.Binary;
using System.Text;

namespace Latmon.Pipeline.Tests.Protocols;

/// <summary>Messages of PostgreSQL's protocol 3.0, as clients and servers send them.</summary>
internal static class PostgresBytes
{
    public static byte[] TlsRequest { get; } = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

    public static byte[] GssRequest { get; } = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30];

    public static byte[] CancelRequest { get; } = [0, 0, 0, 16, 0x04, 0xd2, 0x16, 0x2e, 0, 0, 1, 2, 9, 9, 9, 9];

    public static byte[] Sync { get; } = Message('S');

    public static byte[] Flush { get; } = Message('H');

    public static byte[] Terminate { get; } = Message('X');

    public static byte[] Parsed { get; } = Message('1');

    public static byte[] Bound { get; } = Message('2');

    public static byte[] Closed { get; } = Message('3');

    public static byte[] NoData { get; } = Message('n');

    public static byte[] EmptyQuery { get; } = Message('I');

    public static byte[] Suspended { get; } = Message('s');

    /// <summary>Two integer columns.</summary>
    public static byte[] Columns { get; } = Message('T', [0, 1, .. Text("abalance"), 0, 0, 64, 1, 0, 3, 0, 0, 0, 23, 0, 4, 0xff, 0xff, 0xff, 0xff, 0, 0]);

    public static byte[] Startup { get; } = Begin();

    public static byte[] Query(string sql) => Message('Q', Text(sql));

    public static byte[] Parse(string name, string sql, int types = 0) =>
        Message('P', [.. Text(name), .. Text(sql), .. Short(types), .. Enumerable.Repeat(new byte[] { 0, 0, 0, 23 }, types).SelectMany(b => b)]);

    public static byte[] Bind(string name, string portal = "", params string[] values) => Message('B',
    [
        .. Text(portal), .. Text(name), .. Short(0), .. Short(values.Length),
        .. values.SelectMany(value => (byte[])[.. Number(value.Length), .. Encoding.UTF8.GetBytes(value)]), .. Short(0),
    ]);

    public static byte[] Describe(string name, char kind = 'S') => Message('D', [(byte)kind, .. Text(name)]);

    public static byte[] Execute(string portal = "") => Message('E', [.. Text(portal), .. Number(0)]);

    public static byte[] Close(string name, char kind = 'S') => Message('C', [(byte)kind, .. Text(name)]);

    public static byte[] Password(string password) => Message('p', Text(password));

    public static byte[] CopyData(string rows) => Message('d', Encoding.UTF8.GetBytes(rows));

    public static byte[] CopyDone { get; } = Message('c');

    public static byte[] CopyFail(string why) => Message('f', Text(why));

    public static byte[] Ready(char status = 'I') => Message('Z', [(byte)status]);

    public static byte[] Complete(string tag) => Message('C', Text(tag));

    public static byte[] Row(params string[] values) => Message('D',
    [
        .. Short(values.Length), .. values.SelectMany(value => (byte[])[.. Number(value.Length), .. Encoding.UTF8.GetBytes(value)]),
    ]);

    public static byte[] Error(string code, string text) => Message('E',
        [.. Text("SERROR"), .. Text("VERROR"), .. Text($"C{code}"), .. Text($"M{text}"), .. Text("Fparse.c"), 0]);

    public static byte[] Notice(string text) => Message('N', [.. Text("SNOTICE"), .. Text("C00000"), .. Text($"M{text}"), 0]);

    public static byte[] CopyIn { get; } = Message('G', [0, .. Short(1), .. Short(0)]);

    public static byte[] CopyOut { get; } = Message('H', [0, .. Short(1), .. Short(0)]);

    public static byte[] CopyBoth { get; } = Message('W', [0, .. Short(0)]);

    public static byte[] Authentication(int kind, params byte[] rest) => Message('R', [.. Number(kind), .. rest]);

    public static byte[] Parameter(string name, string value) => Message('S', [.. Text(name), .. Text(value)]);

    public static byte[] Key { get; } = Message('K', [0, 0, 1, 2, 9, 9, 9, 9]);

    public static byte[] Join(params byte[][] messages) => [.. messages.SelectMany(message => message)];

    public static byte[] Message(char type, params byte[] body) => [(byte)type, .. Number(body.Length + 4), .. body];

    private static byte[] Begin()
    {
        byte[] body = [0, 3, 0, 0, .. Text("user"), .. Text("shop"), .. Text("database"), .. Text("shop"), 0];
        return [.. Number(body.Length + 4), .. body];
    }

    private static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    private static byte[] Short(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Number(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
