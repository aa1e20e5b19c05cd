using Latmon.Capture.Probes;
using Latmon.Pipeline.Correlation;

namespace Latmon.Capture.Tests.Probes;

public sealed class ProbeCatalogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latmon-probes-").FullName;

    [Fact]
    public void The_definitions_that_come_with_it_can_be_used()
    {
        ProbeCatalog catalog = ProbeCatalog.Read([]);
        Assert.Empty(catalog.Problems);
        Assert.Equal(["libpq", "nginx", "postgresql"], catalog.Sets.Select(set => set.Name));
        Assert.Equal(["libpq", "postgresql"], catalog.Choose(ProbeChoice.AsDefined).Select(set => set.Name));
        Assert.All(catalog.Sets.SelectMany(set => set.Spans), span => Assert.Equal(span.Name, catalog.Names.Of(span.Number).Name));
        Assert.Contains(new SpanName("query plan", "usdt:postgresql"), catalog.Names.All);
    }

    [Fact]
    public void A_users_file_adds_a_definition_or_replaces_one()
    {
        Write("own.json", """{ "name": "own", "files": ["/opt/*/app"], "spans": [{ "name": "work", "begin": "do_work", "text": 1, "text_is": "plain" }] }""");
        Write("libpq.json", """{ "name": "libpq", "files": ["libpq.so.5*"], "spans": [] }""");
        ProbeCatalog catalog = ProbeCatalog.Read([_folder]);
        Assert.Empty(catalog.Problems);
        Assert.Contains(new SpanName("work", "uprobe:own", SpanText.Plain), catalog.Names.All);
        Assert.Empty(catalog.Sets.Single(set => set.Name == "libpq").Spans);
        ProbeSet own = Assert.Single(catalog.Choose(new ProbeChoice(["own"])));
        Assert.True(own.IsIn("/opt/x/app"));
        Assert.False(own.IsIn("/usr/bin/app"));
    }

    [Theory]
    [InlineData("{", "cannot be used")]
    [InlineData("[]", "cannot be used")]
    [InlineData("""{ "files": ["a"], "spans": [] }""", "name")]
    [InlineData("""{ "name": "x", "files": [], "spans": [] }""", "\"files\" names no file")]
    [InlineData("""{ "name": "x", "files": ["a"], "spans": [], "colour": 1 }""", "colour")]
    [InlineData("""{ "name": "libpq", "files": ["a"], "spans": [] }""", "is taken")]
    [InlineData("""{ "name": "x", "files": ["a"], "spans": [{ "name": "s", "begin": "usdt:a" }] }""", "usdt:PROVIDER:NAME")]
    [InlineData("""{ "name": "x", "files": ["a"], "spans": [{ "name": "s", "begin": "usdt:a:b" }] }""", "needs an \"end\"")]
    [InlineData("""{ "name": "x", "files": ["a"], "spans": [{ "name": "s", "begin": "f", "text": 6 }] }""", "1 to 5")]
    [InlineData("""{ "name": "x", "files": ["a"], "spans": [{ "name": "s", "begin": "f", "end": ["g"], "pairing": "key" }] }""", "with a \"key\"")]
    [InlineData("""{ "name": "x", "files": ["a"], "spans": [{ "name": "s", "begin": "f:return" }] }""", "neither")]
    public void A_broken_file_is_one_sentence_and_no_failure(string content, string reason)
    {
        Write("zz-broken.json", content);
        ProbeCatalog catalog = ProbeCatalog.Read([_folder]);
        string problem = Assert.Single(catalog.Problems);
        Assert.StartsWith($"{_folder}/zz-broken.json cannot be used (", problem, StringComparison.Ordinal);
        Assert.EndsWith("; correct or remove it.", problem, StringComparison.Ordinal);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
        Assert.Equal(ProbeCatalog.Read([]).Names.All, catalog.Names.All);
    }

    [Fact]
    public void A_name_that_nothing_has_is_a_usage_error()
    {
        CaptureException e = Assert.Throws<CaptureException>(() => ProbeCatalog.Read([]).Choose(new ProbeChoice(["mysql"])));
        Assert.Equal("There are no probes named mysql; use libpq, nginx, postgresql or none.", e.Message);
        Assert.Empty(ProbeCatalog.Read([]).Choose(new ProbeChoice([ProbeChoice.None])));
    }

    [Fact]
    public void A_cookie_holds_what_the_programs_take_out_of_it()
    {
        SpanProbe span = new(0x1234, "s", default, [], ProbePairing.Key, Group: 0x56, Text: 2, Key: 1);
        Assert.Equal(0x0007_0301_0256_1234UL, span.Cookie(stackWords: 7));
    }

    [Fact]
    public void A_line_of_a_process_map_is_read()
    {
        ReadOnlySpan<byte> line = "7f30c1a00000-7f30c1a38000 r-xp 0000a000 fe:01 263214                     /usr/lib/a b/libpq.so.5 (deleted)"u8;
        Assert.True(MappedFile.IsCode(line));
        Assert.Equal("/usr/lib/a b/libpq.so.5"u8, MappedFile.PathOf(line));
        MappedFile file = MappedFile.Parse(12, line);
        Assert.Equal(("fe:01 263214", "/proc/12/map_files/7f30c1a00000-7f30c1a38000"), (file.Id, file.Handle));
        Assert.False(MappedFile.IsCode("7f30c1a00000-7f30c1a38000 r--p 0000a000 fe:01 263214 /usr/lib/libpq.so.5"u8));
        Assert.True(MappedFile.PathOf("7ffc0000-7ffd0000 rw-p 00000000 00:00 0 [stack]"u8).IsEmpty);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder, name), content);
}
