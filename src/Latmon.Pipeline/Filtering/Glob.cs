using System.Text;

namespace Latmon.Pipeline.Filtering;

/// <summary>A path pattern: <c>*</c> is any run of bytes, <c>?</c> is one byte, everything else is itself. Linear time.</summary>
public sealed class Glob(string pattern) : IEquatable<Glob>
{
    private readonly byte[] _pattern = Encoding.UTF8.GetBytes(pattern);

    /// <summary>Greedy match with one backtrack point: on a mismatch the last <c>*</c> takes one byte more.</summary>
    public bool Matches(ReadOnlySpan<byte> text)
    {
        int at = 0;
        int star = -1;
        int resume = 0;
        for (int i = 0; i < text.Length;)
        {
            if (at < _pattern.Length && _pattern[at] == (byte)'*')
            {
                star = at++;
                resume = i;
            }
            else if (at < _pattern.Length && (_pattern[at] == (byte)'?' || _pattern[at] == text[i]))
            {
                at++;
                i++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                i = ++resume;
            }
            else
            {
                return false;
            }
        }

        return _pattern.AsSpan(at).IndexOfAnyExcept((byte)'*') < 0;
    }

    public bool Equals(Glob? other) => other is not null && _pattern.AsSpan().SequenceEqual(other._pattern);

    public override bool Equals(object? obj) => Equals(obj as Glob);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Encoding.UTF8.GetString(_pattern);
}
