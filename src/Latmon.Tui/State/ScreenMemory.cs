using System.Buffers;
using System.Text;
using System.Text.Json;
using Latmon.Tui.Drawing;

namespace Latmon.Tui.State;

/// <summary>
/// What a run leaves to the next one: panes and their sizes, theme, mouse. As JSON text; where it is kept is not decided here.
/// </summary>
internal sealed record ScreenMemory
{
    public int ListPercent { get; init; } = PaneSet.UsualListPercent;

    public int LayersCut { get; init; }

    public Pane[] Hidden { get; init; } = [];

    public bool Zoomed { get; init; }

    /// <summary>Null leaves it to the settings.</summary>
    public ThemeName? Theme { get; init; }

    public bool? Mouse { get; init; }

    /// <summary>What cannot be read is as if nothing had been remembered.</summary>
    public static ScreenMemory Parse(string? text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text ?? "{}");
            JsonElement root = document.RootElement;
            return new ScreenMemory
            {
                ListPercent = Number(root, "listPercent") ?? PaneSet.UsualListPercent,
                LayersCut = Number(root, "layersCut") ?? 0,
                Hidden = [.. Texts(root, "hidden").Select(name => Enum.TryParse(name, out Pane pane) ? pane : Pane.Requests).Distinct()],
                Zoomed = Flag(root, "zoomed") ?? false,
                Theme = root.TryGetProperty("theme", out JsonElement theme) && theme.ValueKind == JsonValueKind.String
                    && Enum.TryParse(theme.GetString(), out ThemeName name) && Enum.IsDefined(name) ? name : null,
                Mouse = Flag(root, "mouse"),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new ScreenMemory();
        }
    }

    public override string ToString()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("listPercent"u8, ListPercent);
            json.WriteNumber("layersCut"u8, LayersCut);
            json.WriteStartArray("hidden"u8);
            foreach (Pane pane in Hidden)
            {
                json.WriteStringValue(pane.ToString());
            }

            json.WriteEndArray();
            json.WriteBoolean("zoomed"u8, Zoomed);
            WriteChoices(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void WriteChoices(Utf8JsonWriter json)
    {
        if (Theme is { } theme)
        {
            json.WriteString("theme"u8, theme.ToString());
        }

        if (Mouse is { } mouse)
        {
            json.WriteBoolean("mouse"u8, mouse);
        }
    }

    private static int? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out int number) ? number : null;

    private static bool? Flag(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : null;

    private static IEnumerable<string> Texts(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)
            : [];
}
