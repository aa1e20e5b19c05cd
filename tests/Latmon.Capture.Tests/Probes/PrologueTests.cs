using Latmon.Capture.Probes;

namespace Latmon.Capture.Tests.Probes;

/// <summary>Beginnings of real functions of x86-64, and where a probe may hang on them.</summary>
public sealed class PrologueTests
{
    [Theory]
    [InlineData("55 48 89 e5", true, 0, 0, true)] // push %rbp
    [InlineData("41 57 41 56", true, 0, 0, true)] // push %r15
    [InlineData("f3 0f 1e fa 55 48 89 e5", true, 4, 0, true)] // endbr64; push
    [InlineData("0f 1f 44 00 00 55", true, 0, 0, true)] // nop
    [InlineData("48 83 ec 08 e8 c7 fd ff ff 31 d2", false, 4, 1, true)] // sub $8,%rsp; call
    [InlineData("48 83 ec 08 e8 c7 fd ff ff 31 d2", true, 0, 0, false)]
    [InlineData("48 81 ec 98 00 00 00 e8 c7 fd ff ff", false, 7, 19, true)] // sub $0x98,%rsp; call
    [InlineData("ba 01 00 00 00 e9 a6 eb ff ff", false, 5, 0, true)] // mov $1,%edx; jmp
    [InlineData("bf 01 00 00 00 e9 a6 eb ff ff", false, 0, 0, false)] // mov $1,%edi: the first argument is gone
    [InlineData("bc 01 00 00 00 e9 a6 eb ff ff", false, 0, 0, false)] // mov $1,%esp
    [InlineData("48 8b 47 08 55", false, 0, 0, false)] // mov 8(%rdi),%rax
    [InlineData("f3 0f 1e fa", false, 0, 0, false)]
    [InlineData("48 83 ec", false, 0, 0, false)]
    [InlineData("", false, 0, 0, false)]
    public void The_probe_goes_to_the_first_instruction_that_costs_little(
        string code, bool needsReturn, int offset, int stackWords, bool isCheap)
    {
        byte[] bytes = Convert.FromHexString(code.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(new AttachPoint(offset, stackWords, isCheap), Prologue.Choose(bytes, needsReturn, 1, 2));
    }

    [Fact]
    public void Any_bytes_are_taken()
    {
        Random random = new(40961);
        byte[] code = new byte[Prologue.Bytes];
        for (int i = 0; i < 1_000_000; i++)
        {
            random.NextBytes(code);
            AttachPoint point = Prologue.Choose(code.AsSpan(0, random.Next(code.Length)), (i & 1) == 0, 1, 2, 3);
            Assert.InRange(point.Offset, 0, code.Length - 1);
        }
    }
}
