namespace Latmon.Commands;

/// <summary>A line that says what the user waits for while the programs are loaded; gone when they are.</summary>
internal sealed class AttachNote : IDisposable
{
    private AttachNote()
    {
    }

    public static AttachNote Show()
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write("latmon: loading and attaching its probes to the kernel …");
        }

        return new AttachNote();
    }

    public void Dispose()
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write("\r\e[K");
        }
    }
}
