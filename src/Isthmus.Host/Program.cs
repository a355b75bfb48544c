using System.CommandLine;
using System.CommandLine.Invocation;
using Isthmus.Host.Commands;
using Isthmus.Host.Terminal;

var root = new RootCommand("Isthmus: the governed crossing between clinical systems.");
foreach (var command in AllCommands.Create())
{
    root.Subcommands.Add(command);
}

try
{
    var parsed = root.Parse(args);
    if (parsed.Action is ParseErrorAction faulty)
    {
        // What is wrong, by itself: a screen of help below it would push it out of sight.
        faulty.ShowHelp = false;
        faulty.ShowTypoCorrections = false;
    }

    return await parsed.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        // Told to stop, a node drains within 30 seconds; PostgreSQL goes last.
        ProcessTerminationTimeout = TimeSpan.FromSeconds(60),
    });
}
catch (Exception e) when (Complaint.Of(e) is { } sentence)
{
    Complaint.Print(sentence);
    return 1;
}
