using System.Buffers.Binary;
using System.Text;

namespace Latmon.Capture.Probes;

/// <summary>
/// What SystemTap's <c>sys/sdt.h</c> makes the assembler write for a statically defined probe, as it stands in the file
/// (owner <c>stapsdt</c>, type 3). Any bytes are accepted; what does not fit is left out.
/// </summary>
/// <param name="Address">Of the instruction, in memory.</param>
/// <param name="Anchor">Where the section .stapsdt.base was when this was written.</param>
/// <param name="Counter">The address of a counter of listeners; 0 for none.</param>
internal readonly record struct MarkNote(ulong Address, ulong Anchor, ulong Counter, string Provider, string Name, string Arguments)
{
    private const int HeaderBytes = 12;
    private const int AddressesBytes = 24;
    private const uint Kind = 3; // NT_STAPSDT

    /// <summary>A note is three lengths, its owner's name and a body; each padded to four bytes.</summary>
    public static List<MarkNote> ReadAll(ReadOnlySpan<byte> section)
    {
        List<MarkNote> notes = [];
        while (section.Length >= HeaderBytes)
        {
            uint ownerBytes = BinaryPrimitives.ReadUInt32LittleEndian(section);
            uint bodyBytes = BinaryPrimitives.ReadUInt32LittleEndian(section[4..]);
            long body = HeaderBytes + (((long)ownerBytes + 3) & ~3);
            long next = body + (((long)bodyBytes + 3) & ~3);
            if (next > section.Length)
            {
                break;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(section[8..]) == Kind && section[HeaderBytes..].StartsWith("stapsdt\0"u8)
                && bodyBytes > AddressesBytes)
            {
                Add(section.Slice((int)body, (int)bodyBytes), notes);
            }

            section = section[(int)next..];
        }

        return notes;
    }

    /// <summary>Three addresses, then the provider, the name and the arguments.</summary>
    private static void Add(ReadOnlySpan<byte> body, List<MarkNote> notes)
    {
        string[] texts = Encoding.UTF8.GetString(body[AddressesBytes..]).Split('\0');
        if (texts.Length >= 3)
        {
            notes.Add(new MarkNote(
                BinaryPrimitives.ReadUInt64LittleEndian(body), BinaryPrimitives.ReadUInt64LittleEndian(body[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(body[16..]), texts[0], texts[1], texts[2]));
        }
    }
}
