using System.Text;
using Latmon.Pipeline.Filtering;

namespace Latmon.Pipeline.Tests.Filtering;

public sealed class GlobTests
{
    private const int Seed = 4711;
    private const int Cases = 300_000;

    [Theory]
    [InlineData("/api/*", "/api/", true)]
    [InlineData("/api/*", "/api/v1/items", true)]
    [InlineData("/api/*", "/ap", false)]
    [InlineData("/api/*/reviews", "/api/1/2/reviews", true)]
    [InlineData("/item?", "/item7", true)]
    [InlineData("/item?", "/item", false)]
    [InlineData("*", "", true)]
    [InlineData("/a.b", "/axb", false)]
    [InlineData("*.js", "/x.js.map", false)]
    [InlineData("/ü*", "/über", true)]
    public void Pattern_matches_as_people_expect(string pattern, string path, bool matches) =>
        Assert.Equal(matches, new Glob(pattern).Matches(Encoding.UTF8.GetBytes(path)));

    [Fact]
    public void Every_pattern_agrees_with_a_slow_matcher()
    {
        Random random = Seeds.Random(Seed);
        for (int i = 0; i < Cases; i++)
        {
            string pattern = Text(random, "ab/*?*", 9);
            string path = Text(random, "ab/", 12);
            Assert.True(
                Matches(pattern, path) == new Glob(pattern).Matches(Encoding.UTF8.GetBytes(path)), $"{pattern} on {path}");
        }
    }

    [Fact]
    public void A_pattern_made_to_be_slow_is_not()
    {
        string pattern = string.Concat(Enumerable.Repeat("*a", 200)) + "b";
        byte[] path = Encoding.UTF8.GetBytes(new string('a', 10_000));
        Assert.False(new Glob(pattern).Matches(path));
    }

    private static bool Matches(string pattern, string text) => pattern switch
    {
        "" => text.Length == 0,
        ['*', ..] => Matches(pattern[1..], text) || (text.Length > 0 && Matches(pattern, text[1..])),
        _ => text.Length > 0 && (pattern[0] == '?' || pattern[0] == text[0]) && Matches(pattern[1..], text[1..]),
    };

    private static string Text(Random random, string letters, int longest) =>
        string.Concat(Enumerable.Range(0, random.Next(longest)).Select(_ => letters[random.Next(letters.Length)]));
}
