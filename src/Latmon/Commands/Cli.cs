using System.CommandLine;

namespace Latmon.Commands;

/// <summary>The command line as a whole.</summary>
internal static class Cli
{
    public static RootCommand Create()
    {
        RootCommand root = new(
            """
            Shows, live, in which layer the time of each request on this machine goes. Needs root, but for open.

              sudo latmon              the live screen: ? shows its keys, q leaves
              sudo latmon --port 80    only requests that come in at port 80, decided in the kernel
              sudo latmon demo         the same on a sample service, where nothing else is running
            """);
        ScreenCommand.Configure(root);
        root.Subcommands.Add(TraceCommand.Create());
        root.Subcommands.Add(StatCommand.Create());
        root.Subcommands.Add(OpenCommand.Create());
        root.Subcommands.Add(DemoCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        return root;
    }
}
