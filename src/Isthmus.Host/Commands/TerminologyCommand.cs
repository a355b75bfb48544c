using System.CommandLine;
using Isthmus.Fhir.Terminology;
using Isthmus.Host.Conformance;
using Isthmus.Host.Terminal;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus terminology …</c>: questions to code systems, value sets and concept maps of R4 and of guides.</summary>
internal static class TerminologyCommand
{
    private static readonly Option<string[]> Packages = PackageFiles.Option();
    private static readonly Option<bool> Json = Options.Json();

    public static Command Create() => new("terminology", "Ask code systems, value sets and concept maps, and convert units.")
    {
        Expand(),
        Lookup(),
        Translate(),
        ValidateCode(),
        Subsumes(),
        ConvertUnitCommand.Create(),
    };

    private static Command Expand()
    {
        var valueSet = new Argument<string>("VALUESET") { Description = "The value set's canonical URL, with |version if it matters." };
        var filter = new Option<string?>("--filter") { Description = "Only codes that contain this text in code or display." };
        var offset = new Option<int>("--offset") { Description = "Leave out so many." };
        var active = new Option<bool>("--active") { Description = "Leave out retired codes." };
        var limit = Options.Limit();
        var command = new Command("expand", "List the codes of a value set.") { valueSet, filter, offset, limit, active, Packages, Json };
        command.SetAction(parse =>
        {
            var terminology = Load(parse);
            var set = terminology.ValueSet(parse.GetRequiredValue(valueSet));
            var request = new ExpansionRequest { Filter = parse.GetValue(filter), Offset = parse.GetValue(offset), Count = parse.GetValue(limit), ActiveOnly = parse.GetValue(active) };
            var expansion = Expansion.Of(terminology, set, request);
            if (parse.GetValue(Json))
            {
                Output.Json(expansion);
            }
            else
            {
                var table = new Table().Border(TableBorder.None).AddColumns("code", "display", "system");
                foreach (var code in expansion.Codes)
                {
                    table.AddRow(Markup.Escape(code.Code), Markup.Escape(Marked(code)), Markup.Escape(code.System));
                }

                Output.People.Write(table);
                Output.People.MarkupLineInterpolated($"{expansion.Codes.Count} of {expansion.Total}{(expansion.IsComplete ? "" : ", and others that cannot be listed")}");
                Tell(expansion.Findings);
            }

            return set.Resource.Exists ? 0 : 1;
        });
        return command;
    }

    private static Command Lookup()
    {
        var system = new Argument<string>("SYSTEM") { Description = "The code system's canonical URL." };
        var code = new Argument<string>("CODE");
        var command = new Command("lookup", "What a code system says of a code.") { system, code, Packages, Json };
        command.SetAction(parse =>
        {
            var found = ConceptLookup.Of(Load(parse), parse.GetRequiredValue(system), parse.GetRequiredValue(code));
            if (parse.GetValue(Json))
            {
                Output.Json(found);
            }
            else
            {
                Line("found", Word(found.Found));
                Line("display", found.Display);
                Line("definition", found.Definition);
                Line("system", found.SystemName is null ? null : $"{found.SystemName} {found.Version}");
                Line("parents", string.Join(' ', found.Parents));
                Line("children", string.Join(' ', found.Children));
                found.Properties.ToList().ForEach(property => Line(property.Code, property.Value));
                found.Designations.ToList().ForEach(designation => Line(designation.Language ?? designation.Use ?? "also", designation.Value));
                Tell(found.Findings);
            }

            return found.Found == Membership.Yes ? 0 : 1;
        });
        return command;
    }

    private static Command Translate()
    {
        var system = new Argument<string>("SYSTEM") { Description = "The code's system." };
        var code = new Argument<string>("CODE");
        var map = new Option<string?>("--map") { Description = "The concept map's canonical URL (default: every map from this system)." };
        var target = new Option<string?>("--target") { Description = "Only into this code system." };
        var reverse = new Option<bool>("--reverse") { Description = "From targets to sources." };
        var command = new Command("translate", "A code in terms of another code system, by concept maps.") { system, code, map, target, reverse, Packages, Json };
        command.SetAction(parse =>
        {
            var found = Translation.Of(
                Load(parse),
                new TranslationRequest(parse.GetRequiredValue(system), parse.GetRequiredValue(code)) { Map = parse.GetValue(map), Target = parse.GetValue(target), Reverse = parse.GetValue(reverse) });
            if (parse.GetValue(Json))
            {
                Output.Json(found);
            }
            else
            {
                var table = new Table().Border(TableBorder.None).AddColumns("code", "display", "equivalence", "system", "map");
                foreach (var match in found.Matches)
                {
                    table.AddRow(Markup.Escape(match.Code), Markup.Escape(match.Display ?? ""), match.Equivalence, Markup.Escape(match.System ?? ""), Markup.Escape(match.Map));
                }

                Output.People.Write(table);
                Line("match", Word(found.Result));
                Tell(found.Findings);
            }

            return found.Result == Membership.Yes ? 0 : 1;
        });
        return command;
    }

    private static Command ValidateCode()
    {
        var valueSet = new Argument<string>("VALUESET") { Description = "The value set's canonical URL." };
        var code = new Argument<string>("CODE");
        var system = new Option<string?>("--system") { Description = "The code's system; left out, as for an element of type code." };
        var display = new Option<string?>("--display") { Description = "The display to compare." };
        var command = new Command("validate-code", "Whether a code is in a value set: yes, no or unknown.") { valueSet, code, system, display, Packages, Json };
        command.SetAction(parse =>
        {
            var terminology = Load(parse);
            var found = CodeValidation.Of(
                terminology, terminology.ValueSet(parse.GetRequiredValue(valueSet)), parse.GetValue(system), parse.GetRequiredValue(code), parse.GetValue(display));
            if (parse.GetValue(Json))
            {
                Output.Json(found);
            }
            else
            {
                Line("in", Word(found.Result));
                Line("display", found.Display);
                Tell(found.Findings);
            }

            return found.Result == Membership.Yes ? 0 : 1;
        });
        return command;
    }

    private static Command Subsumes()
    {
        var system = new Argument<string>("SYSTEM") { Description = "The code system's canonical URL." };
        var first = new Argument<string>("FIRST");
        var second = new Argument<string>("SECOND");
        var command = new Command("subsumes", "Whether the second code is a kind of the first.") { system, first, second, Packages, Json };
        command.SetAction(parse =>
        {
            var found = Subsumption.Of(Load(parse), parse.GetRequiredValue(system), parse.GetRequiredValue(first), parse.GetRequiredValue(second));
            if (parse.GetValue(Json))
            {
                Output.Json(found);
            }
            else
            {
                Output.People.WriteLine(found.Outcome switch
                {
                    SubsumptionOutcome.SubsumedBy => "subsumed-by",
                    SubsumptionOutcome.NotSubsumed => "not-subsumed",
                    var other => Word(other),
                });
                Tell(found.Findings);
            }

            return found.Outcome == SubsumptionOutcome.Unknown ? 1 : 0;
        });
        return command;
    }

    private static TerminologySet Load(ParseResult parse) => TerminologySet.Of(PackageFiles.Load(parse.GetValue(Packages) ?? []));

    private static string Marked(ExpandedCode code) =>
        $"{code.Display}{(code.IsAbstract ? " (abstract)" : "")}{(code.IsInactive ? " (retired)" : "")}";

    private static string Word<T>(T answer)
        where T : struct, Enum => answer.ToString().ToLowerInvariant();

    private static void Line(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Output.People.MarkupLineInterpolated($"[grey]{name,-12}[/] {value}");
        }
    }

    private static void Tell(IReadOnlyList<TerminologyFinding> findings)
    {
        foreach (var finding in findings)
        {
            Output.Progress.MarkupLineInterpolated($"{finding.Rule}: {finding.Message} ({finding.Subject})");
        }
    }
}
