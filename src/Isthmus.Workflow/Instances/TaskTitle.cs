using System.Globalization;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange;

namespace Isthmus.Workflow.Instances;

/// <summary>
/// Fills a task's title: <c>{subject}</c>, <c>{location}</c> and <c>{message}</c> are the signal's, any other name is a
/// member of its detail. A signal carries no patient data, so neither does a title.
/// </summary>
internal static class TaskTitle
{
    /// <summary>Characters; an inbox shows no more on a line.</summary>
    private const int Longest = 200;

    /// <summary>Stands where the signal does not say.</summary>
    private const string Unsaid = "?";

    public static string Of(string template, Signal signal)
    {
        var title = new StringBuilder(template.Length * 2);
        var rest = template.AsSpan();
        while (rest.IndexOf('{') is >= 0 and var open && rest[open..].IndexOf('}') is > 0 and var length)
        {
            title.Append(rest[..open]).Append(Value(rest.Slice(open + 1, length - 1).ToString(), signal));
            rest = rest[(open + length + 1)..];
        }

        return Cut(title.Append(rest).ToString());
    }

    private static string Value(string name, Signal signal) => name switch
    {
        "subject" => signal.Subject,
        "location" => signal.Location,
        "message" => signal.MessageId.ToString(CultureInfo.InvariantCulture),
        _ => Member(name, signal.Detail),
    };

    private static string Member(string name, string detail)
    {
        try
        {
            using var document = JsonDocument.Parse(detail);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(name, out var member)
                && member.ValueKind is JsonValueKind.String or JsonValueKind.Number
                    ? member.ToString()
                    : Unsaid;
        }
        catch (JsonException)
        {
            return Unsaid;
        }
    }

    /// <summary>Never through a surrogate pair: half of one cannot be stored.</summary>
    private static string Cut(string title) =>
        title.Length <= Longest ? title : title[..(char.IsHighSurrogate(title[Longest - 1]) ? Longest - 1 : Longest)];
}
