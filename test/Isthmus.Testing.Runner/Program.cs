using Isthmus.Testing.Runner;

// isthmus test [--all] [WORD]
// 1 choose the test projects, 2 run them two at a time, 3 report: slowest ten, what was skipped and why, the count.
var home = Environment.GetEnvironmentVariable("ISTHMUS_HOME") ?? Directory.GetCurrentDirectory();
var words = args.Where(argument => argument != "--all").ToArray();
if (args.Contains("--all"))
{
    Environment.SetEnvironmentVariable("ISTHMUS_TEST_ALL", "1");
}

if (words.Length > 1 || words.Any(word => word.StartsWith('-')))
{
    Console.Error.WriteLine("Usage: isthmus test [--all] [WORD]   WORD picks test projects by name, else tests by full name");
    return 2;
}

var selection = Selection.Choose(home, words.FirstOrDefault());
var outcome = await VsTest.RunAsync(home, selection);
return Report.Print(outcome);
