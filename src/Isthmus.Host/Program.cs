using System.CommandLine;
using Isthmus.Host.Commands;

var root = new RootCommand("Isthmus: the governed crossing between clinical systems.");
foreach (var command in AllCommands.Create())
{
    root.Subcommands.Add(command);
}

return await root.Parse(args).InvokeAsync();
