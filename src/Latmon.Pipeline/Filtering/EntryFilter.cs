using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Filtering;

/// <summary>
/// Where traces enter. A request is the outermost server exchange of a trace that fits the terms of place (port, process, network
/// namespace, protocol); the kernel lets more through, because what lies below a request must be followed on other ports too. What
/// lies above it is left out, and a trace without such an exchange is no request. Path, status and duration are those of the
/// request. A local client above it (curl, a load generator) does not change what counts.
/// </summary>
public sealed class EntryFilter
{
    private readonly TraceFilter _filter;
    private readonly ImmutableArray<int> _pids;
    private readonly byte[][] _comms;

    public EntryFilter(TraceFilter filter)
    {
        _filter = filter;
        HasPlaceTerms = filter.Ports.Length > 0 || filter.Processes.Length > 0 || filter.NetnsInode != 0 || filter.Protocol is not null;
        _pids = [.. filter.Processes.Where(IsPid).Select(process => int.Parse(process, CultureInfo.InvariantCulture))];
        _comms = [.. filter.Processes.Where(process => !IsPid(process)).Select(Comm)];
    }

    public TraceFilter Filter => _filter;

    public bool HasPlaceTerms { get; }

    /// <summary>True when the exchange is where its trace enters, provided that nothing above it is.</summary>
    public bool IsEntry(in Exchange exchange) => exchange.Role == Role.Server && (!HasPlaceTerms || IsPlace(exchange));

    /// <summary>Decides the terms that are about the request itself.</summary>
    public bool Matches(in Exchange entry, ReadOnlySpan<byte> path) =>
        !_filter.HasUserTerms || _filter.Matches(path, entry.Status, entry.DurationNs, entry.Protocol.Text());

    /// <summary>
    /// The next trace to show at or behind <paramref name="at"/>, for who shows whole traces: without terms of place from its root,
    /// also a call without a request; else from where it enters. False at the end of the batch.
    /// </summary>
    public bool TryNextTrace(ExchangeBatch batch, ref int at, out int found)
    {
        if (HasPlaceTerms)
        {
            return TryNextEntry(batch, ref at, out found);
        }

        while (at < batch.Count)
        {
            found = at;
            at += batch.Items[found].Descendants + 1;
            ref readonly Exchange decisive = ref Decisive(batch, found, at);
            if (Matches(decisive, batch.Path(decisive)))
            {
                return true;
            }
        }

        found = 0;
        return false;
    }

    /// <summary>The next request at or behind <paramref name="at"/>; false at the end of the batch.</summary>
    public bool TryNextEntry(ExchangeBatch batch, ref int at, out int found)
    {
        while (at < batch.Count)
        {
            ref readonly Exchange exchange = ref batch.Items[at];
            if (!IsEntry(exchange))
            {
                at++;
                continue;
            }

            found = at;
            at += exchange.Descendants + 1;
            if (Matches(exchange, batch.Path(exchange)))
            {
                return true;
            }
        }

        found = 0;
        return false;
    }

    private static ref readonly Exchange Decisive(ExchangeBatch batch, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            if (batch.Items[i].Role == Role.Server)
            {
                return ref batch.Items[i];
            }
        }

        return ref batch.Items[from];
    }

    private static bool IsPid(string process) => uint.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>The kernel keeps the first 15 bytes of a process's name.</summary>
    private static byte[] Comm(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        byte[] comm = new byte[Bytes16.Length];
        utf8.AsSpan(0, Math.Min(utf8.Length, Bytes16.Length - 1)).CopyTo(comm);
        return comm;
    }

    private bool IsPlace(in Exchange exchange) =>
        (_filter.Ports.Length == 0 || _filter.Ports.Contains(exchange.LocalPort))
        && (_filter.Processes.Length == 0 || _pids.Contains(exchange.Pid) || HasComm(exchange.Comm))
        && (_filter.NetnsInode == 0 || exchange.Netns == _filter.NetnsInode)
        && (_filter.Protocol is null || exchange.Protocol.Text().StartsWith(_filter.Protocol, StringComparison.OrdinalIgnoreCase));

    private bool HasComm(ReadOnlySpan<byte> comm)
    {
        foreach (byte[] wanted in _comms)
        {
            if (comm.SequenceEqual(wanted))
            {
                return true;
            }
        }

        return false;
    }
}
