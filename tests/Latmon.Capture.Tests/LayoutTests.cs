using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Latmon.Bpf;
using Latmon.Capture.Probes;
using Latmon.Pipeline;
using Latmon.Pipeline.Wire;

namespace Latmon.Capture.Tests;

/// <summary>
/// The records in C# are those of <c>latmon.h</c>, field by field and value by value: proved against the type information of an
/// object that was compiled from it, not promised by a comment.
/// </summary>
public sealed class LayoutTests : IDisposable
{
    /// <summary>Follows the record's fixed part, and has no field in C#.</summary>
    private const string Heads = "heads";

    private readonly BpfObject _layout = OpenLayout();

    [Theory]
    [InlineData("turn", typeof(TurnRecord))]
    [InlineData("fragment", typeof(FragmentRecord))]
    [InlineData("span", typeof(SpanRecord))]
    [InlineData("mark_argument", typeof(MarkArgument))]
    [InlineData("mark_site", typeof(MarkSite))]
    public void Every_field_lies_where_the_kernel_puts_it(string name, Type twin)
    {
        (int size, IReadOnlyDictionary<string, BtfField> fields) = _layout.Btf.Struct(name);
        Dictionary<string, BtfField> expected = new(fields);
        int headsBytes = expected.Remove(Heads, out BtfField heads) ? heads.Size : 0;
        Dictionary<string, BtfField> actual = twin
            .GetFields(BindingFlags.Instance | BindingFlags.Public)
            .ToDictionary(field => SnakeCase(field.Name), field => new BtfField((int)Marshal.OffsetOf(twin, field.Name), SizeOf(field.FieldType)));
        Assert.Equal(expected.OrderBy(field => field.Value.Offset), actual.OrderBy(field => field.Value.Offset));
        Assert.Equal(size - headsBytes, Marshal.SizeOf(twin));
    }

    [Fact]
    public void Heads_are_the_end_of_a_turn_and_hold_both_directions()
    {
        (int size, IReadOnlyDictionary<string, BtfField> fields) = _layout.Btf.Struct("turn");
        Assert.Equal(new BtfField(size - (2 * TurnRecord.HeadBytes), 2 * TurnRecord.HeadBytes), fields[Heads]);
    }

    [Theory]
    [InlineData("record_kind", "RECORD_", typeof(RecordKind))]
    [InlineData("turn_flags", "TURN_", typeof(TurnNotes))]
    [InlineData("turn_role", "TURN_OF_", typeof(Role))]
    [InlineData("mark_place", "MARK_", typeof(MarkPlace))]
    public void Every_value_has_the_kernels_number(string name, string prefix, Type twin)
    {
        IReadOnlyDictionary<string, int> expected = _layout.Btf.Enum(name);
        Dictionary<string, int> actual = Enum.GetNames(twin)
            .Where(value => value != "None")
            .ToDictionary(value => prefix + SnakeCase(value).ToUpperInvariant(), value => Convert.ToInt32(Enum.Parse(twin, value), CultureInfo.InvariantCulture));
        Assert.Equal(expected.OrderBy(value => value.Value), actual.OrderBy(value => value.Value));
    }

    public void Dispose() => _layout.Dispose();

    private static BpfObject OpenLayout()
    {
        using Stream stream = typeof(LayoutTests).Assembly.GetManifestResourceStream("layout.bpf.o")!;
        byte[] image = new byte[stream.Length];
        stream.ReadExactly(image);
        return BpfObject.Open(image, "layout");
    }

    private static int SizeOf(Type type) =>
        type.IsEnum ? Marshal.SizeOf(Enum.GetUnderlyingType(type))
            : type.GetCustomAttribute<System.Runtime.CompilerServices.InlineArrayAttribute>()?.Length ?? Marshal.SizeOf(type);

    /// <summary>ReadyLastNs → ready_last_ns.</summary>
    private static string SnakeCase(string name)
    {
        StringBuilder text = new();
        foreach (char letter in name)
        {
            _ = char.IsUpper(letter) && text.Length > 0 ? text.Append('_') : text;
            _ = text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }
}
