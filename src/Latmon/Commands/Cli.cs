using System.CommandLine;

namespace Latmon.Commands;

/// <summary>The command line as a whole.</summary>
internal static class Cli
{
    public static RootCommand Create()
    {
        RootCommand root = new("Shows, live, in which layer the time of each request on this machine goes.");
        ScreenCommand.Configure(root);
        root.Subcommands.Add(TraceCommand.Create());
        root.Subcommands.Add(StatCommand.Create());
        root.Subcommands.Add(OpenCommand.Create());
        root.Subcommands.Add(DemoCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        return root;
    }
}
