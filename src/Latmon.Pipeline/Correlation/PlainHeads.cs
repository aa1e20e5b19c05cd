using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Correlation;

/// <summary>
/// What a TLS library told of the newest requests and answers of one connection: they stand in for the bytes on the wire. A
/// pair belongs to the turn in whose time its request was decrypted.
/// </summary>
internal sealed class PlainHeads
{
    private readonly Pair[] _pairs = [new(), new()];
    private int _newest;

    public void Clear()
    {
        foreach (Pair pair in _pairs)
        {
            pair.Begin(0);
        }
    }

    /// <summary>The kept beginning of a run of bytes in one direction; what follows an answer is the next request.</summary>
    public void Add(in FragmentRecord fragment, ReadOnlySpan<byte> data)
    {
        Pair pair = _pairs[_newest];
        if (fragment.Kind == RecordKind.PlaintextOut)
        {
            pair.Response.Add(data);
            return;
        }

        if (pair.Response.Length > 0 || pair.ReadNs == 0)
        {
            _newest = (_newest + 1) % _pairs.Length;
            pair = _pairs[_newest];
            pair.Begin(fragment.TimeNs);
        }

        pair.Request.Add(data);
    }

    /// <summary>False when nothing was decrypted in the time of this turn.</summary>
    public bool TryFind(in TurnRecord turn, out ReadOnlySpan<byte> request, out ReadOnlySpan<byte> response)
    {
        for (int i = 1; i <= _pairs.Length; i++)
        {
            Pair pair = _pairs[(_newest + i) % _pairs.Length];
            if (pair.ReadNs > 0 && pair.ReadNs >= turn.TcpNs && (turn.WriteNs == 0 || pair.ReadNs <= turn.WriteLastNs))
            {
                request = pair.Request.Bytes;
                response = turn.WriteNs > 0 ? pair.Response.Bytes : [];
                return true;
            }
        }

        request = response = [];
        return false;
    }

    private sealed class Pair
    {
        public Head Request { get; } = new();

        public Head Response { get; } = new();

        public long ReadNs { get; private set; }

        public void Begin(long readNs)
        {
            ReadNs = readNs;
            Request.Clear();
            Response.Clear();
        }
    }

    private sealed class Head
    {
        private readonly byte[] _bytes = new byte[TurnRecord.HeadBytes];

        public int Length { get; private set; }

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

        public void Clear() => Length = 0;

        public void Add(ReadOnlySpan<byte> data)
        {
            data = data[..Math.Min(data.Length, _bytes.Length - Length)];
            data.CopyTo(_bytes.AsSpan(Length));
            Length += data.Length;
        }
    }
}
