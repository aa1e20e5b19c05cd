using System.Text;
using Latmon.Pipeline.Filtering;

namespace Latmon.Pipeline.Tests.Filtering;

public sealed class FilterTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("port:80")]
    [InlineData("port:80 port:443 proc:nginx netns:/run/netns/blue path:/api/* status:5xx status:404 >50.0ms protocol:http")]
    [InlineData("proc:411")]
    [InlineData("layer:sock.wait>20.0ms layer:db>1.50s")]
    [InlineData("path:*cart*")]
    public void A_line_is_printed_as_it_was_typed(string line)
    {
        Assert.True(FilterText.TryParse(line, out TraceFilter filter, out string error), error);
        Assert.Equal(line, filter.ToString());
    }

    [Theory]
    [InlineData("  port:80   port:80 ", "port:80")]
    [InlineData("cart", "path:*cart*")]
    [InlineData("/cart", "path:/cart")]
    [InlineData("*.js", "path:*.js")]
    [InlineData("pid:411 process:nginx", "proc:411 proc:nginx")]
    [InlineData(">1.5s", ">1.50s")]
    public void Short_forms_mean_the_long_ones(string line, string meaning)
    {
        Assert.True(FilterText.TryParse(line, out TraceFilter filter, out string error), error);
        Assert.Equal(meaning, filter.ToString());
    }

    [Theory]
    [InlineData("port:99999", "\"99999\" is not a port; use a number from 1 to 65535")]
    [InlineData("port:0", "\"0\" is not a port; use a number from 1 to 65535")]
    [InlineData("port:-1", "\"-1\" is not a port; use a number from 1 to 65535")]
    [InlineData("port:", "\"\" is not a port; use a number from 1 to 65535")]
    [InlineData("port:80 status:6000", "\"6000\" is not a status; use 404 or 5xx")]
    [InlineData("status:xx5", "\"xx5\" is not a status; use 404 or 5xx")]
    [InlineData("layer:app", "a layer filter needs a least time, such as layer:app>20ms")]
    [InlineData("layer:app>soon", "a layer filter needs a least time, such as layer:app>20ms")]
    [InlineData(">fast", "\"fast\" is not a duration; use 10ms, 250us or 1.5s")]
    [InlineData(">10", "\"10\" is not a duration; use 10ms, 250us or 1.5s")]
    [InlineData("proc:", "a process filter needs a name or a process id")]
    [InlineData("netns:", "a network namespace filter needs a path or a process id")]
    [InlineData("path:", "a path filter needs a pattern such as /api/*")]
    [InlineData("protocol:", "a protocol filter needs a name such as http")]
    [InlineData("prot:http", "\"prot:\" is not a filter; use port:, proc:, netns:, path:, status:, protocol:, layer: or >50ms")]
    public void A_mistake_is_one_sentence_that_names_the_term(string line, string sentence)
    {
        Assert.False(FilterText.TryParse(line, out _, out string error));
        Assert.Equal(sentence, error);
    }

    [Theory]
    [InlineData("", "/a", 200, 5, true)]
    [InlineData("/a", "/a", 200, 5, true)]
    [InlineData("/a /b", "/b", 200, 5, true)]
    [InlineData("/a", "/b", 200, 5, false)]
    [InlineData("status:5xx", "/a", 503, 5, true)]
    [InlineData("status:5xx", "/a", 0, 5, false)]
    [InlineData("status:5xx status:404", "/a", 404, 5, true)]
    [InlineData("status:5xx /a", "/a", 404, 5, false)]
    [InlineData(">5ms", "/a", 200, 5, true)]
    [InlineData(">5.01ms", "/a", 200, 5, false)]
    [InlineData("protocol:http", "/a", 200, 5, true)]
    [InlineData("protocol:HTTP/1.1", "/a", 200, 5, true)]
    [InlineData("protocol:tcp", "/a", 200, 5, false)]
    [InlineData("port:1 proc:x", "/a", 200, 5, true)]
    public void Terms_of_one_kind_are_joined_by_or_and_kinds_by_and(string line, string path, int status, long ms, bool matches)
    {
        Assert.True(FilterText.TryParse(line, out TraceFilter filter, out _));
        Assert.Equal(matches, filter.Matches(Encoding.UTF8.GetBytes(path), status, ms * 1_000_000, "http/1.1"));
    }
}
