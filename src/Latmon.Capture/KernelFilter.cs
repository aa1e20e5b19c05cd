using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Latmon.Bpf;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Wire;

namespace Latmon.Capture;

/// <summary>
/// Writes the terms that the kernel decides into the programs' maps and variables (<c>filter.bpf.h</c>). Every socket decides
/// anew when the generation rises, so a change takes effect with the next packet.
/// </summary>
internal sealed class KernelFilter(BpfObject programs)
{
    /// <summary>PORT_SELECTED; the programs add the ports of calls.</summary>
    private const byte SelectedPort = 1;

    private readonly BpfGlobal<uint> _generation = programs.Global<uint>("filter_generation", ".data");
    private readonly BpfGlobal<uint> _netns = programs.Global<uint>("filter_netns");
    private readonly BpfGlobal<uint> _byPort = programs.Global<uint>("filter_by_port");
    private readonly BpfGlobal<uint> _byProcess = programs.Global<uint>("filter_by_process");
    private readonly BpfGlobal<byte> _ports = programs.Global<byte>("port_uses");
    private readonly BpfGlobal<uint> _callsFrom = programs.Global<uint>("calls_from");
    private readonly BpfMap _pids = programs.Map("filter_pids");
    private readonly BpfMap _comms = programs.Map("filter_comms");
    private readonly BpfMap _serving = programs.Map("serving");
    private readonly ProcessNamespaces _namespaces = new(programs);
    private readonly BpfMap _listeners = programs.Map("listeners");
    private readonly BpfMap _followedPids = programs.Map("followed_pids");

    /// <summary>Whether <see cref="Apply"/> would work with the privileges that this thread has now.</summary>
    public bool IsPermitted() => _pids.IsPermitted();

    /// <summary>Throws <see cref="CaptureException"/> when the network namespace does not exist; then nothing has changed.</summary>
    public void Apply(TraceFilter filter)
    {
        uint netns = Namespace(filter);
        ApplyPorts(filter);
        ApplyProcesses(filter);
        _netns.Value = netns;
        _serving.Clear();
        _followedPids.Clear();
        _generation.Value++;
    }

    /// <summary>The number of the filter's network namespace, 0 without one; throws <see cref="CaptureException"/> when it is not there.</summary>
    public uint Namespace(TraceFilter filter) =>
        filter.Netns is null ? 0 : NetworkNamespace.Resolve(filter.Netns, _namespaces);

    /// <summary>What tells the server's end of connections that are older than this.</summary>
    public void AddListeners()
    {
        programs.Global<uint>("ephemeral_from", ".data").Value = ListeningPorts.EphemeralFrom();
        foreach ((uint netns, int port) in ListeningPorts.All(_namespaces))
        {
            _listeners.Set(new PortKey(netns, (uint)port), (byte)1);
        }

        _generation.Value++;
    }

    public void LeaveOut(Terminal terminal)
    {
        Span<byte> address = programs.Global<byte>("terminal_remote_addr").Span;
        address.Clear();
        _ = terminal.RemoteAddress.TryWriteBytes(address, out _);
        programs.Global<ushort>("terminal_remote_port").Value = terminal.RemotePort;
        programs.Global<ushort>("terminal_local_port").Value = terminal.LocalPort;
    }

    private void ApplyPorts(TraceFilter filter)
    {
        Span<byte> uses = _ports.Span;
        uses.Clear();
        _callsFrom.Span.Clear();
        foreach (int port in filter.Ports)
        {
            uses[port] = SelectedPort;
        }

        _byPort.Value = filter.Ports.IsEmpty ? 0u : 1u;
    }

    private void ApplyProcesses(TraceFilter filter)
    {
        _pids.Clear();
        _comms.Clear();
        foreach (string process in filter.Processes)
        {
            if (uint.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out uint pid))
            {
                _pids.Set(pid, (byte)1);
            }
            else
            {
                _comms.Set(Comm(process), (byte)1);
            }
        }

        _byProcess.Value = filter.Processes.IsEmpty ? 0u : 1u;
    }

    /// <summary>The kernel keeps the first 15 bytes of a process's name.</summary>
    private static Bytes16 Comm(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        Bytes16 comm = default;
        utf8.AsSpan(0, Math.Min(utf8.Length, Unsafe.SizeOf<Bytes16>() - 1)).CopyTo(comm);
        return comm;
    }

    private readonly record struct PortKey(uint Netns, uint Port);
}
