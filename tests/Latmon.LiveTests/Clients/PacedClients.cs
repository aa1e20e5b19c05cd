using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Clients;

/// <summary>
/// Keep-alive connections that together send a given number of requests at a given rate: every connection has its own
/// thread and timetable, and falling behind is caught up, so that the rate holds over the whole run.
/// </summary>
public sealed class PacedClients(int port, int connections, int perSecond)
{
    /// <param name="request">The bytes of request number i; called on the threads of the clients.</param>
    /// <param name="status">The status that request number i must get.</param>
    public void Run(int requests, Func<int, byte[]> request, Func<int, int> status)
    {
        Exception? failure = null;
        long start = Moment.Now;
        Thread[] threads = new Thread[connections];
        for (int i = 0; i < connections; i++)
        {
            int first = i;
            threads[i] = new Thread(() =>
            {
                try
                {
                    RunOne(first, requests, start, request, status);
                }
                catch (Exception e)
                {
                    failure = e;
                }
            });
            threads[i].Start();
        }

        Array.ForEach(threads, thread => thread.Join());
        if (failure is not null)
        {
            throw new InvalidOperationException("A paced client failed.", failure);
        }
    }

    private void RunOne(int first, int requests, long start, Func<int, byte[]> request, Func<int, int> status)
    {
        using HttpConnection connection = HttpConnection.Open(port);
        for (int i = first; i < requests; i += connections)
        {
            long early = start + (i * 1_000_000_000L / perSecond) - Moment.Now;
            if (early > 0)
            {
                Thread.Sleep(TimeSpan.FromTicks(early / 100));
            }

            int got = connection.Ask(request(i)).Status;
            if (got != status(i))
            {
                throw new InvalidOperationException($"Request {i} was answered with {got} instead of {status(i)}.");
            }
        }
    }
}
