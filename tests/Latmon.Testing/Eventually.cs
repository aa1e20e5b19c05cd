using System.Diagnostics;

namespace Latmon.Testing;

/// <summary>Asks again and again, without sleeping, until the answer is yes or the time is up.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static bool Is(Func<bool> condition)
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                return false;
            }

            _ = Thread.Yield();
        }

        return true;
    }
}
