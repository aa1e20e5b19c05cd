using System.Runtime.InteropServices;
using Latmon.Capture.Probes;
using Latmon.Testing;

namespace Latmon.Capture.Tests.Probes;

public sealed class ElfFileTests
{
    private const string Libpq = "/usr/lib/x86_64-linux-gnu/libpq.so.5";

    /// <summary>The dynamic linker's own answer is the truth.</summary>
    [Fact]
    public void A_function_is_found_where_the_linker_finds_it()
    {
        nint library = NativeLibrary.Load(Libpq);
        using ElfFile elf = ElfFile.Open(Libpq);
        Assert.True(elf.TryFind("PQexec", out ulong fileOffset, out int length));
        ReadOnlySpan<byte> loaded;
        unsafe
        {
            loaded = new ReadOnlySpan<byte>((void*)NativeLibrary.GetExport(library, "PQexec"), length);
        }

        Assert.InRange(length, 16, 4096);
        Assert.Equal(loaded, elf.Code(fileOffset, length));
        Assert.False(elf.TryFind("PQexe", out _, out _));
        NativeLibrary.Free(library);
    }

    /// <summary>Each place, its counter and its arguments: as readelf says, which only the load addresses part from the file's.</summary>
    [Fact]
    public void Marks_are_found_by_provider_and_name_at_all_their_places()
    {
        string path = $"{PostgresCluster.Programs}/postgres";
        using ElfFile elf = ElfFile.Open(path);
        IReadOnlyList<MarkText> expected = MarkText.ReadAll(path);
        Assert.True(expected.Count > 50, $"{expected.Count} marks");
        foreach (IGrouping<string, MarkText> mark in expected.GroupBy(mark => mark.Name))
        {
            ElfMark[] actual = [.. elf.Marks("postgresql", mark.Key)];
            Assert.Equal(mark.Select(place => place.Arguments).Order(), actual.Select(place => place.Arguments).Order());
            Assert.Equal(
                mark.Select(place => place.Address - mark.First().Address).Order(), actual.Select(place => place.FileOffset - actual[0].FileOffset).Order());
            Assert.Single(actual.Select(place => place.Counter).Distinct());
            Assert.All(actual, place => Assert.Equal(0x90, elf.Code(place.FileOffset, 1)[0])); // nop
        }

        Assert.Empty(elf.Marks("postgresql", "query__parse"));
        Assert.Empty(elf.Marks("mysql", "query__parse__start"));
    }

    [Fact]
    public void Damaged_files_have_nothing_or_what_is_left()
    {
        Random random = new(40960);
        byte[] whole = File.ReadAllBytes(Libpq);
        string path = Path.GetTempFileName();
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = whole[..random.Next(whole.Length)];
            for (int j = 0; j < 64 && damaged.Length > 0; j++)
            {
                damaged[random.Next(Math.Min(damaged.Length, j % 2 == 0 ? 64 : damaged.Length))] = (byte)random.Next(256);
            }

            File.WriteAllBytes(path, damaged);
            using ElfFile elf = ElfFile.Open(path);
            if (elf.TryFind("PQexec", out ulong offset, out int length))
            {
                _ = elf.Code(offset, Math.Min(length, Prologue.Bytes));
            }

            Assert.Empty(elf.Marks("no", "mark"));
        }

        File.Delete(path);
    }
}
