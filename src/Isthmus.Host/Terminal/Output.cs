using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Isthmus.Host.Terminal;

/// <summary>
/// Where a command's answer goes: one JSON document on standard output with <c>--json</c>,
/// tables and sentences otherwise. Progress and diagnostics go to standard error.
/// </summary>
internal static class Output
{
    private const int WidthOfText = 160;

    private static readonly JsonSerializerOptions JsonShape = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Tables and text for people.</summary>
    public static IAnsiConsole People { get; } = Create(Console.Out, Console.IsOutputRedirected);

    /// <summary>Progress and diagnostics, on standard error.</summary>
    public static IAnsiConsole Progress { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>A table, or the sentence when there is nothing to put into it.</summary>
    public static void Table(Table table, string whenEmpty)
    {
        if (table.Rows.Count == 0)
        {
            People.MarkupLineInterpolated($"{whenEmpty}");
        }
        else
        {
            People.Write(table);
        }
    }

    public static void Json(object value) => Console.Out.WriteLine(VisibleText.InJson(JsonSerializer.Serialize(value, JsonShape)));

    /// <summary>Colours for a terminal; plain text, and room for whole sentences, for a file or a pipe.</summary>
    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        if (redirected)
        {
            console.Profile.Width = WidthOfText;
        }

        console.Pipeline.Attach(new VisibleText());
        return console;
    }
}
