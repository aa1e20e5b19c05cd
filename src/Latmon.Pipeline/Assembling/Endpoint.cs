using System.Buffers.Binary;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Wire;

namespace Latmon.Pipeline.Assembling;

/// <summary>An address, the same for IPv4 and for IPv4 mapped into IPv6 (RFC 4291, section 2.5.5.2).</summary>
internal readonly record struct Address(ulong High, ulong Low)
{
    private const ulong Mapped = 0xffff_0000_0000;

    public static Address LocalOf(in Exchange exchange) => Of(exchange.Family, exchange.LocalAddr);

    public static Address RemoteOf(in Exchange exchange) => Of(exchange.Family, exchange.RemoteAddr);

    /// <summary>Where others may call too: without the number that an end of AF_UNIX has for itself.</summary>
    public static Address LocalPlaceOf(in Exchange exchange) => Place(exchange, LocalOf(exchange));

    public static Address RemotePlaceOf(in Exchange exchange) => Place(exchange, RemoteOf(exchange));

    public bool IsLoopback => High == 0 && (Low == 1 || (Low >> 24) == ((Mapped >> 24) | 127));

    private static Address Place(in Exchange exchange, in Address address) =>
        exchange.IsUnix ? new Address(address.High, 0) : address;

    private static Address Of(ushort family, ReadOnlySpan<byte> address) => family == TurnRecord.Ipv4
        ? new Address(0, Mapped | BinaryPrimitives.ReadUInt32BigEndian(address))
        : new Address(BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[8..]));
}
