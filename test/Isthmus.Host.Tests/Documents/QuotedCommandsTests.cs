using System.CommandLine;
using System.Text.RegularExpressions;
using Isthmus.Host.Commands;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Documents;

/// <summary>What the documents tell people to type is there: the command, and every option of it.</summary>
public sealed partial class QuotedCommandsTests
{
    /// <summary>The launcher's own, which the command line never sees.</summary>
    private static readonly string[] OfTheLauncher = ["test"];

    public static TheoryData<string> Quoted()
    {
        var quoted = new TheoryData<string>();
        foreach (var path in Documents())
        {
            var name = Path.GetRelativePath(Repository.PathOf("."), path);
            var commands = Command().Matches(File.ReadAllText(path)).Select(match => match.Groups["words"].Value.Trim()).Distinct(StringComparer.Ordinal);
            foreach (var command in commands.Where(command => !OfTheLauncher.Contains(command.Split(' ')[0])))
            {
                quoted.Add($"{name}: {command}");
            }
        }

        return quoted;
    }

    [Theory]
    [MemberData(nameof(Quoted))]
    public void A_quoted_command_is_one_that_there_is(string quoted)
    {
        var words = quoted[(quoted.IndexOf(": ", StringComparison.Ordinal) + 2)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var root = new RootCommand();
        foreach (var one in AllCommands.Create())
        {
            root.Subcommands.Add(one);
        }

        Command command = root;
        foreach (var word in words.TakeWhile(_ => command.Subcommands.Count > 0))
        {
            command = command.Subcommands.FirstOrDefault(sub => sub.Name == word) ?? throw new Xunit.Sdk.XunitException($"There is no command {word} in: {quoted}");
        }

        var known = command.Options.SelectMany(option => option.Aliases.Append(option.Name)).ToHashSet(StringComparer.Ordinal);
        Assert.All(words.Select(word => word.Trim('[', ']')).Where(word => word.StartsWith("--", StringComparison.Ordinal)), option => Assert.Contains(option, known));
    }

    private static IEnumerable<string> Documents() =>
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "SECURITY.md" }.Select(file => Repository.PathOf(file)),
        .. Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal),
    ];

    /// <summary>In a line of code, up to the explanation behind it (two spaces or more), or between backticks.</summary>
    [GeneratedRegex(@"(?:`(?:\./)?isthmus (?<words>[^`\n]+)`)|(?:^(?:\./)?isthmus (?<words>\S+(?: \S+)*))", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Command();
}
