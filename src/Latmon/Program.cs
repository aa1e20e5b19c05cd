using System.CommandLine;
using System.CommandLine.Parsing;
using Latmon;
using Latmon.Capture;
using Latmon.Commands;

return Launch(args);

static int Launch(string[] args)
{
    try
    {
        ParseResult arguments = Cli.Create().Parse(args);
        if (arguments.Errors.Count > 0)
        {
            return Fail(ExitCode.Usage, $"{arguments.Errors[0].Message.TrimEnd('.')}; latmon --help lists what there is.");
        }

        return arguments.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
    catch (UsageException e)
    {
        return Fail(ExitCode.Usage, e.Message);
    }
    catch (FailureException e)
    {
        return Fail(ExitCode.Failure, e.Message);
    }
    catch (CaptureException e)
    {
        return Fail(CodeOf(e.Failure), e.Message);
    }
    catch (Exception e)
    {
        return Fail(ExitCode.Failure, $"Something went wrong that should not ({e.GetType().Name}: {e.Message}).");
    }
}

static int CodeOf(CaptureFailure failure) => failure switch
{
    CaptureFailure.NotPermitted => ExitCode.NotPermitted,
    CaptureFailure.Usage => ExitCode.Usage,
    _ => ExitCode.KernelLacks,
};

static int Fail(int code, string sentence)
{
    Console.Error.WriteLine($"latmon: {sentence}");
    return code;
}
