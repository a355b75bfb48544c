using System.Text.Encodings.Web;
using System.Text.Json;
using Isthmus.Host.Terminal;
using Spectre.Console;

namespace Isthmus.Host.Tests.Terminal;

public sealed class VisibleTextTests
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    [Theory]
    [InlineData("\u001b[2J\u001b]0;owned\u0007")] // ESC: clears the screen, names the window
    [InlineData("\u009b2J")] // the same in one character, as Latin-1 gives it
    [InlineData("LAB1\r\nMessage 7 delivered")]
    [InlineData("LAB1\u202egnp.exe")] // turns the direction of what follows
    [InlineData("LAB1\u2028\u200b\u007f")]
    public void What_a_sender_wrote_never_acts_on_the_terminal(string written)
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Pipeline.Attach(new VisibleText());

        console.MarkupInterpolated($"[bold]{written}[/]");
        console.Write(new Table().AddColumn("control id").AddRow(Markup.Escape(written)));

        var shown = writer.ToString().Replace(Environment.NewLine, "", StringComparison.Ordinal);
        Assert.DoesNotContain(shown, c => char.IsControl(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Format);
    }

    [Theory]
    [InlineData("LAB1\u202egnp.exe")]
    [InlineData("LAB1\u2028\u200b\u007f\u009b2J\u001b[2J")]
    [InlineData("Müller 山田")]
    public void JSON_says_the_same_without_acting_on_the_terminal(string written)
    {
        var json = VisibleText.InJson(JsonSerializer.Serialize(new[] { written }, Relaxed));

        Assert.DoesNotContain(json.ReplaceLineEndings(""), c => char.IsControl(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Format);
        Assert.Equal([written], JsonSerializer.Deserialize<string[]>(json)!);
    }

    [Fact]
    public void Text_in_any_script_stays_as_it_is() => Assert.Equal("Müller 山田 Ё", VisibleText.Of("Müller 山田 Ё"));
}
