using System.Runtime.CompilerServices;

namespace Latmon.Bpf;

/// <summary>A global variable of the programs, or an array of them, as plain memory. Shared with the kernel after load.</summary>
public readonly unsafe struct BpfGlobal<T>
    where T : unmanaged
{
    private readonly T* _address;

    internal BpfGlobal(T* address, int length)
    {
        _address = address;
        Length = length;
    }

    /// <summary>Elements.</summary>
    public int Length { get; }

    /// <summary>Read and written in one access, so never half old and half new for types up to 8 bytes.</summary>
    public T Value
    {
        get => Unsafe.Read<T>(_address);
        set => Unsafe.Write(_address, value);
    }

    public Span<T> Span => new(_address, Length);
}
