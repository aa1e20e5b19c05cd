using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Latmon.Capture.Probes;

/// <summary>
/// What is needed of a 64-bit little-endian ELF file to find a place in it: functions by name, their first bytes, and
/// statically defined probes. Any bytes are accepted; what does not fit is not found.
/// </summary>
internal sealed class ElfFile : IDisposable
{
    private const int LargestTable = 64 * 1024 * 1024;
    private const int HeaderBytes = 64;
    private const int SectionBytes = 64;
    private const int SegmentBytes = 56;
    private const int SymbolBytes = 24;
    private const int KindFunction = 2; // STT_FUNC
    private const uint SymbolTable = 2; // SHT_SYMTAB
    private const uint DynamicSymbols = 11; // SHT_DYNSYM
    private const uint Notes = 7; // SHT_NOTE
    private const uint Loaded = 1; // PT_LOAD

    private readonly SafeFileHandle _file;
    private readonly List<Section> _sections = [];
    private readonly List<Segment> _segments = [];
    private int _namesSection;
    private ILookup<(string Provider, string Name), ElfMark>? _marks;

    private ElfFile(SafeFileHandle file) => _file = file;

    /// <summary>Opens this very file within this process, whatever has become of the path it was found by, until it is disposed.</summary>
    public string Path => $"/proc/self/fd/{_file.DangerousGetHandle()}";

    public static ElfFile Open(string path)
    {
        ElfFile elf = new(File.OpenHandle(path));
        elf.ReadTables();
        return elf;
    }

    /// <summary>Where the function begins in the file, and how long it is; false when the file does not name it.</summary>
    public bool TryFind(string function, out ulong fileOffset, out int length)
    {
        byte[] name = Encoding.UTF8.GetBytes(function + '\0');
        foreach (Section section in _sections.Where(section => section.Kind is SymbolTable or DynamicSymbols))
        {
            if (section.Link < _sections.Count && TryFind(Bytes(section), Bytes(_sections[(int)section.Link]), name, out ulong address, out length))
            {
                return TryLocate(address, out fileOffset);
            }
        }

        fileOffset = 0;
        length = 0;
        return false;
    }

    /// <summary>Every place of a statically defined probe; none when the file does not have it.</summary>
    public IEnumerable<ElfMark> Marks(string provider, string name) => (_marks ??= ReadMarks())[(provider, name)];

    /// <summary>Fewer bytes at the end of the file.</summary>
    public byte[] Code(ulong fileOffset, int count) => Read(fileOffset, count);

    public void Dispose() => _file.Dispose();

    private static bool TryFind(byte[] symbols, byte[] texts, byte[] name, out ulong address, out int length)
    {
        for (int at = 0; at + SymbolBytes <= symbols.Length; at += SymbolBytes)
        {
            ReadOnlySpan<byte> symbol = symbols.AsSpan(at, SymbolBytes);
            uint text = BinaryPrimitives.ReadUInt32LittleEndian(symbol);
            bool isDefined = BinaryPrimitives.ReadUInt16LittleEndian(symbol[6..]) != 0;
            if ((symbol[4] & 15) == KindFunction && isDefined && text < texts.Length && texts.AsSpan((int)text).StartsWith(name))
            {
                address = BinaryPrimitives.ReadUInt64LittleEndian(symbol[8..]);
                length = (int)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(symbol[16..]), int.MaxValue);
                return true;
            }
        }

        address = 0;
        length = 0;
        return false;
    }

    private bool TryLocate(ulong address, out ulong fileOffset)
    {
        foreach (Segment segment in _segments)
        {
            if (address >= segment.Address && address - segment.Address < segment.Length)
            {
                fileOffset = address - segment.Address + segment.Offset;
                return true;
            }
        }

        fileOffset = 0;
        return false;
    }

    private ILookup<(string, string), ElfMark> ReadMarks()
    {
        List<ElfMark> marks = [];
        ulong? anchor = AnchorAddress();
        foreach (MarkNote note in _sections.Where(section => section.Kind == Notes).SelectMany(section => MarkNote.ReadAll(Bytes(section))))
        {
            // A linker that moves code in the file afterwards (prelink) does not mend the notes; the section beside them tells by how much.
            ulong moved = anchor is { } now && note.Anchor != 0 ? now - note.Anchor : 0;
            if (TryLocate(note.Address + moved, out ulong fileOffset))
            {
                ulong counter = note.Counter != 0 && TryLocate(note.Counter + moved, out ulong counterOffset) ? counterOffset : 0;
                marks.Add(new ElfMark(note.Provider, note.Name, fileOffset, counter, note.Arguments));
            }
        }

        return marks.Distinct().ToLookup(mark => (mark.Provider, mark.Name));
    }

    private ulong? AnchorAddress()
    {
        byte[] names = _namesSection < _sections.Count ? Bytes(_sections[_namesSection]) : [];
        return _sections.Where(section => section.Name < names.Length && names.AsSpan((int)section.Name).StartsWith(".stapsdt.base\0"u8))
            .Select(section => (ulong?)section.Address).FirstOrDefault();
    }

    private void ReadTables()
    {
        byte[] header = Read(0, HeaderBytes);
        if (header.Length < HeaderBytes || header is not [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, ..])
        {
            return;
        }

        ReadOnlySpan<byte> fields = header;
        ulong segments = BinaryPrimitives.ReadUInt64LittleEndian(fields[0x20..]);
        ulong sections = BinaryPrimitives.ReadUInt64LittleEndian(fields[0x28..]);
        byte[] table = Read(segments, SegmentBytes * BinaryPrimitives.ReadUInt16LittleEndian(fields[0x38..]));
        for (int at = 0; at + SegmentBytes <= table.Length; at += SegmentBytes)
        {
            AddSegment(table.AsSpan(at, SegmentBytes));
        }

        _namesSection = BinaryPrimitives.ReadUInt16LittleEndian(fields[0x3e..]);
        table = Read(sections, SectionBytes * BinaryPrimitives.ReadUInt16LittleEndian(fields[0x3c..]));
        for (int at = 0; at + SectionBytes <= table.Length; at += SectionBytes)
        {
            ReadOnlySpan<byte> section = table.AsSpan(at, SectionBytes);
            _sections.Add(new Section(
                BinaryPrimitives.ReadUInt32LittleEndian(section), BinaryPrimitives.ReadUInt32LittleEndian(section[4..]),
                BinaryPrimitives.ReadUInt64LittleEndian(section[0x10..]), BinaryPrimitives.ReadUInt64LittleEndian(section[0x18..]),
                BinaryPrimitives.ReadUInt64LittleEndian(section[0x20..]), BinaryPrimitives.ReadUInt32LittleEndian(section[0x28..])));
        }
    }

    private void AddSegment(ReadOnlySpan<byte> segment)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(segment) == Loaded)
        {
            _segments.Add(new Segment(
                BinaryPrimitives.ReadUInt64LittleEndian(segment[8..]), BinaryPrimitives.ReadUInt64LittleEndian(segment[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(segment[32..])));
        }
    }

    private byte[] Bytes(in Section section) =>
        section.Length <= LargestTable ? Read(section.Offset, (int)section.Length) : [];

    private byte[] Read(ulong offset, int count)
    {
        long length = RandomAccess.GetLength(_file);
        if (offset >= (ulong)length)
        {
            return [];
        }

        byte[] bytes = new byte[Math.Min(count, length - (long)offset)];
        int read = RandomAccess.Read(_file, bytes, (long)offset);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    private readonly record struct Section(uint Name, uint Kind, ulong Address, ulong Offset, ulong Length, uint Link);

    private readonly record struct Segment(ulong Offset, ulong Address, ulong Length);
}
