using System.Runtime.InteropServices;
using Latmon.Capture.Probes;

namespace Latmon.Capture.Tests.Probes;

public sealed class MarkArgumentTests
{
    [Theory]
    [InlineData("8@%rdi", 112, nameof(MarkPlace.Register), 0, 0, false)]
    [InlineData("-4@%r13d", 16, nameof(MarkPlace.Register), 0, 32, true)]
    [InlineData("1@%sil", 104, nameof(MarkPlace.Register), 0, 56, false)]
    [InlineData("2@12(%r12)", 24, nameof(MarkPlace.Memory), 12, 48, false)]
    [InlineData("-4@-20(%rbp)", 32, nameof(MarkPlace.Memory), -20, 32, true)]
    [InlineData("8@(%rsp)", 152, nameof(MarkPlace.Memory), 0, 0, false)]
    [InlineData("-4@$-1", 0, nameof(MarkPlace.Constant), -1, 32, true)]
    public void On_x86_an_argument_is_where_the_note_says(string text, int inRegisters, string place, long value, int shift, bool isSigned) =>
        Check(Architecture.X64, text, inRegisters, place, value, shift, isSigned);

    [Theory]
    [InlineData("8@x1", 8, nameof(MarkPlace.Register), 0, 0, false)]
    [InlineData("-4@w30", 240, nameof(MarkPlace.Register), 0, 32, true)]
    [InlineData("-4@[sp, 16]", 248, nameof(MarkPlace.Memory), 16, 32, true)]
    [InlineData("8@[x19]", 152, nameof(MarkPlace.Memory), 0, 0, false)]
    [InlineData("4@5", 0, nameof(MarkPlace.Constant), 5, 32, false)]
    public void On_arm_as_well(string text, int inRegisters, string place, long value, int shift, bool isSigned) =>
        Check(Architecture.Arm64, text, inRegisters, place, value, shift, isSigned);

    [Theory]
    [InlineData("")]
    [InlineData("8@%xmm0")]
    [InlineData("8f@%xmm0")]
    [InlineData("8@(%rax,%rdx,8)")]
    [InlineData("8@counter+8(%rip)")]
    [InlineData("3@%rdi")]
    [InlineData("8@%orig_rax")]
    [InlineData("8@$99999999999999999999")]
    [InlineData("8@")]
    public void What_cannot_be_read_is_not(string text) => Assert.False(MarkArgument.TryRead(text, 1, Architecture.X64, out _));

    [Theory]
    [InlineData("8@x31")]
    [InlineData("8@xzr")]
    [InlineData("8@[x0, x1]")]
    public void Nor_on_arm(string text) => Assert.False(MarkArgument.TryRead(text, 1, Architecture.Arm64, out _));

    private static void Check(Architecture architecture, string text, int inRegisters, string place, long value, int shift, bool isSigned)
    {
        Assert.True(MarkArgument.TryRead($"8@{(architecture == Architecture.Arm64 ? "[sp, 8]" : "%rax")} {text}", 2, architecture, out MarkArgument argument));
        Assert.Equal((inRegisters, place, value, shift, isSigned ? 1u : 0u),
            (argument.InRegisters, argument.Place.ToString(), (long)argument.Value, argument.Shift, argument.IsSigned));
        Assert.False(MarkArgument.TryRead(text, 2, architecture, out _));
        Assert.False(MarkArgument.TryRead(text, 0, architecture, out _));
    }
}
