using System.Text;
using Latmon.Pipeline.Windows;

namespace Latmon.Pipeline.Tests.Windows;

public sealed class RouteTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("/", "/")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/items/48213", "/items/{id}")]
    [InlineData("/items/48213/", "/items/{id}/")]
    [InlineData("//7//", "//{id}//")]
    [InlineData("/v1/users/5f0c1b2a9d3e4c71/orders", "/v1/users/{id}/orders")]
    [InlineData("/u/123e4567-E89B-12d3-a456-426614174000", "/u/{id}")]
    [InlineData("/deadbeef", "/deadbeef")]
    [InlineData("/deadbeefdeadbeeg", "/deadbeefdeadbeeg")]
    [InlineData("/48213.jpg", "/48213.jpg")]
    [InlineData("*", "*")]
    [InlineData("shop:443", "shop:443")]
    public void Segments_that_look_like_identifiers_are_one(string path, string route) => Assert.Equal(route, Write(path, 256));

    [Theory]
    [InlineData("/abcdef", 4, "/abc")]
    [InlineData("/1/2/3", 7, "/{id}/{")]
    [InlineData("/a", 0, "")]
    public void A_long_route_is_cut(string path, int room, string route) => Assert.Equal(route, Write(path, room));

    private static string Write(string path, int room)
    {
        byte[] route = new byte[room];
        return Encoding.UTF8.GetString(route, 0, Route.Write(Encoding.UTF8.GetBytes(path), route));
    }
}
