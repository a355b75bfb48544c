using System.CommandLine;
using Isthmus.Hl7v2;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Mapping;
using Spectre.Console;

namespace Isthmus.Host.Maps;

/// <summary><c>isthmus map explain</c>: for every element that a message becomes, the field it is from, the rule, the conversion and the terminology entry.</summary>
internal static class MapExplain
{
    public static Command Create(Option<DirectoryInfo> site, Option<bool> json)
    {
        var message = new Argument<FileInfo>("MESSAGE") { Description = "The file of one message; of a batch, the first is explained." };
        var element = new Option<string?>("--element") { Description = "Only elements whose path begins like this: Patient.identifier." };
        var command = new Command("explain", "Say of every element which rule made it of which field.") { message, element, site, json };
        command.SetAction(parsed =>
        {
            if (SiteMaps.LoadOrSay(parsed.GetRequiredValue(site)) is not { } maps)
            {
                return 1;
            }

            var read = Hl7Message.Parse(Hl7Batch.Messages(File.ReadAllBytes(parsed.GetRequiredValue(message).FullName)).FirstOrDefault());
            if (read.Message is not { } readable)
            {
                foreach (var finding in read.Findings)
                {
                    Console.Error.WriteLine($"{finding.RuleId} at {finding.Location}: {finding.Text}");
                }

                return 1;
            }

            var wanted = parsed.GetValue(element) ?? string.Empty;
            var explained = new Translator(maps).Explain(readable, MapExample.Context).Where(one => one.Path.StartsWith(wanted, StringComparison.Ordinal)).ToList();
            if (parsed.GetValue(json))
            {
                Output.Json(new { mapVersion = maps.Version, elements = explained.Select(Shape) });
            }
            else
            {
                Print(explained);
            }

            return explained.Count > 0 ? 0 : 1;
        });
        return command;
    }

    private static object Shape(ExplainedElement element) => new
    {
        element.Resource,
        element.Path,
        element.Value,
        sources = element.Sources.Select(source => new { location = source.Location.ToString(), source.Name }),
        element.Map,
        element.Guide,
        element.Row,
        element.File,
        element.Conversion,
        element.When,
        element.Terms,
        element.Note,
    };

    private static void Print(List<ExplainedElement> elements)
    {
        foreach (var resource in elements.GroupBy(element => element.Resource, StringComparer.Ordinal))
        {
            Output.People.MarkupLineInterpolated($"[bold]{resource.Key}[/]");
            var table = new Table().Border(TableBorder.None).AddColumns("element", "from", "rule", "how");
            foreach (var element in resource)
            {
                table.AddRow(
                    Markup.Escape(element.Path[(element.Path.IndexOf('.', StringComparison.Ordinal) + 1)..]),
                    Markup.Escape(string.Join("; ", element.Sources.Select(source => $"{source.Location} {source.Name}"))),
                    Markup.Escape($"{element.Map}{(element.Row is null ? string.Empty : $" row {element.Row}")} {element.File}"),
                    Markup.Escape(string.Join("; ", new[] { element.Conversion }.Concat(element.Terms.Select(term => $"{term.Table}: {term.Code} ({term.Version})")))));
            }

            Output.People.Write(table);
        }
    }
}
