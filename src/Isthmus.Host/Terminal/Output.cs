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
    private static readonly JsonSerializerOptions JsonShape = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Tables and text for people.</summary>
    public static IAnsiConsole People { get; } = AnsiConsole.Console;

    /// <summary>Progress and diagnostics, on standard error.</summary>
    public static IAnsiConsole Progress { get; } =
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    public static void Json(object value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, JsonShape));
}
