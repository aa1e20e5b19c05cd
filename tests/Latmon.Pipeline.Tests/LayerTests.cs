namespace Latmon.Pipeline.Tests;

/// <summary>The numbers are array indexes and stored in recordings; the identifiers are the JSON schema.</summary>
public sealed class LayerTests
{
    [Fact]
    public void Numbers_and_identifiers_stay_what_they_are()
    {
        string[] expected =
        [
            "0 net.ingress", "1 tcp.rx", "2 accept.wait", "3 request.upload", "4 sock.wait", "5 app", "6 response.write",
            "7 tcp.tx", "8 unattributed", "9 net.egress", "10 request.write", "11 remote", "12 response.download",
        ];
        Assert.Equal(expected, Enum.GetValues<Layer>().Select(layer => $"{(int)layer} {layer.Id()}"));
    }

    [Fact]
    public void Every_identifier_is_read_back() => Assert.All(
        Enum.GetValues<Layer>(),
        layer => Assert.True(Layers.TryParse(layer.Id().ToUpperInvariant(), out Layer read) && read == layer));

    [Fact]
    public void Nothing_else_is_a_layer() => Assert.False(Layers.TryParse("net", out _));
}
