using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;
using Isthmus.Fhir.Schema;
using Isthmus.Hl7v2;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Reverse;

/// <summary>
/// Turns reverse maps into their compiled form: expressions are compiled and checked over the type they read, positions against the
/// standard's segments and datatypes. Maps may call each other in any order, so every map gets its (empty) form first.
/// </summary>
internal sealed class ReverseCompiler
{
    private readonly Dictionary<string, (ReverseMapText Text, ReverseMap Map)> maps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InverseTable> tables = new(StringComparer.Ordinal);
    private readonly TerminologySet terminology;
    private readonly List<MapFault> faults;

    public ReverseCompiler(IEnumerable<ReverseMapText> texts, TerminologySet terminology, List<MapFault> faults)
    {
        this.terminology = terminology;
        this.faults = faults;
        foreach (var text in texts)
        {
            var map = new ReverseMap { Name = text.Name, Type = text.Type, Target = text.Target, IsSegment = text.IsSegment };
            if (!maps.TryAdd(text.Name, (text, map)))
            {
                Fault(text.Path, text.Line, MapRules.DuplicateName, $"A map named '{text.Name}' exists already in {maps[text.Name].Text.Path}.");
            }
        }
    }

    public ReverseMap? Find(string name) => maps.TryGetValue(name, out var found) ? found.Map : null;

    public void CompileAll()
    {
        foreach (var (text, map) in maps.Values)
        {
            if (FhirSchema.R4.Type(text.Type) is null)
            {
                Fault(text.Path, text.Line, MapRules.Type, $"'{text.Type}' is no type of FHIR R4.");
                continue;
            }

            map.When = text.When is null ? null : Expression(text.Path, text.Line, text.When, text.Type);
            map.Rules = [.. text.Rules.Select(rule => Compile(text, rule)).OfType<ReverseRule>()];
        }
    }

    /// <summary>Compiles an expression and checks it over a type; null, with a fault, if it cannot be right.</summary>
    public FhirPathExpression? Expression(string path, int line, string text, string? type)
    {
        var compiled = FhirPath.Compile(text);
        if (compiled.Fault is { } fault)
        {
            Fault(path, line, MapRules.Expression, $"'{text}': {fault.Message} (at {fault.Position + 1})");
            return null;
        }

        var wrong = type is null ? [] : compiled.Expression!.Check(type);
        foreach (var one in wrong)
        {
            Fault(path, line, MapRules.Expression, $"'{text}' over {type}: {one.Message} (at {one.Position + 1})");
        }

        return wrong.Count == 0 ? compiled.Expression : null;
    }

    private ReverseRule? Compile(ReverseMapText map, ReverseRuleText rule)
    {
        var from = rule.From.Select(text => Expression(map.Path, rule.Line, text, map.Type)).OfType<FhirPathExpression>().ToArray();
        var when = rule.When is null ? null : Expression(map.Path, rule.Line, rule.When, map.Type);
        var implies = rule.Implies is null ? null : Expression(map.Path, rule.Line, rule.Implies, null);
        var to = rule.To.Select(text => Position(map, rule, text)).ToArray();
        if (from.Length < rule.From.Count || (when is null) != (rule.When is null) || (implies is null) != (rule.Implies is null)
            || to.Contains(null) || Action(map, rule, [.. to.OfType<Target>()]) is not ({ } action, var takesAll))
        {
            return null;
        }

        return new ReverseRule
        {
            From = from, Each = rule.Each, When = when, Implies = implies, To = [.. to.OfType<Target>()], TakesAll = takesAll, Apply = action,
            Since = rule.Since, Before = rule.Before,
        };
    }

    /// <summary>A position of the map's segment or datatype; null, with a fault, if it has none such.</summary>
    private Target? Position(ReverseMapText map, ReverseRuleText rule, string text)
    {
        if (text == "$this" && !map.IsSegment)
        {
            return default(Target);
        }

        if (SourcePath.Parse(text) is not { IsWhole: false } path || (map.IsSegment ? path.Segment : path.Datatype) != map.Target)
        {
            Fault(map.Path, rule.Line, MapRules.Target, $"'{text}' is no position of {map.Target}; write {(map.IsSegment ? $"{map.Target}-3.1" : $"{map.Target}.1")}.");
            return null;
        }

        if (map.IsSegment && Hl7Definitions.Segment(map.Target) is { } segment)
        {
            if (segment.Field(path.Field) is not { } field || (path.Component > 0 && !path.IsObservationSuffix && !Hl7Definitions.Allows(field, path.Component, path.Subcomponent)))
            {
                Fault(map.Path, rule.Line, MapRules.Target, $"The standard has no {text}.");
                return null;
            }

            if (rule.Each && field.MaxRepetitions.Values.All(static most => most == 1))
            {
                Fault(map.Path, rule.Line, MapRules.TargetKind, $"{text} does not repeat; say 'from:', and the first counts.");
                return null;
            }
        }
        else if (!map.IsSegment && !Hl7Definitions.Allows(map.Target, path.Component, path.Subcomponent))
        {
            Fault(map.Path, rule.Line, MapRules.Target, $"The standard has no {text}.");
            return null;
        }

        return new Target(path.Field, path.Component, path.Subcomponent);
    }

    private (ReverseAction Action, bool TakesAll)? Action(ReverseMapText map, ReverseRuleText rule, Target[] to)
    {
        if (rule.Map is not null)
        {
            return Call(map, rule);
        }

        if (rule.Value is { } constant)
        {
            var text = System.Text.Encoding.UTF8.GetBytes(constant);
            return (One(map, rule, to, (run, in given) => run.Write(given.Target() ?? default, text, given.Item.Element)), true);
        }

        if (rule.Code is not null)
        {
            return terminology.Vocabulary(rule.Code) is { } table
                ? (One(map, rule, to, (run, in given) => Coded(run, given, table.Find(CodeOf(given.Item).Text)?.Code)), false)
                : NoTable(map, rule, rule.Code);
        }

        if (rule.Inverse is not null)
        {
            if (Inverse(rule.Inverse) is not { } table)
            {
                return NoTable(map, rule, rule.Inverse);
            }

            if (table.IsAmbiguous)
            {
                Fault(map.Path, rule.Line, MapRules.Ambiguous, $"'{rule.Inverse}' has several codes for one of FHIR's; write a table from FHIR to v2 and say 'code:'.");
                return null;
            }

            return (One(map, rule, to, (run, in given) => Coded(run, given, table.Find(CodeOf(given.Item).AsString()))), false);
        }

        if (rule.As is not null && !ReverseFunctions.All.ContainsKey(rule.As))
        {
            Fault(map.Path, rule.Line, MapRules.Function, $"'{rule.As}' is not a function; known are {string.Join(", ", ReverseFunctions.All.Keys.Order(StringComparer.Ordinal))}.");
            return null;
        }

        var function = ReverseFunctions.All[rule.As ?? "text"];
        if (rule.From.Count < function.MinSources || to.Length < Math.Max(function.Targets, 1))
        {
            Fault(map.Path, rule.Line, MapRules.Source, $"'{function.Name}' takes {function.MinSources} expressions and {Math.Max(function.Targets, 1)} positions.");
            return null;
        }

        return (Tabled(rule, function.Apply), function.TakesAll);
    }

    /// <summary>What the rule says of a vocabulary counts before what its map was called with.</summary>
    private ReverseAction Tabled(ReverseRuleText rule, ReverseAction action)
    {
        if (rule.Vocabulary is null || Inverse(rule.Vocabulary) is not { } own)
        {
            return action;
        }

        return (run, in given) => action(run, new Given
        {
            Rule = given.Rule, Focus = given.Focus, Items = given.Items, At = given.At, Place = given.Place, Repetition = given.Repetition, Vocabulary = own,
        });
    }

    /// <summary>A code, or the code of a Coding, which is then read as a whole.</summary>
    private static FhirElement CodeOf(in FhirPathValue item) => item.TypeName == "Coding" ? item.Element["code"u8] : item.Element;

    private static void Coded(ReverseRun run, in Given given, byte[]? code)
    {
        if (code is not { Length: > 0 })
        {
            run.Find(ReverseRules.CodeUnmapped, given.Item.Element);
        }
        else if (given.Target() is { } at)
        {
            run.Write(at, code, given.Item.Element);
        }
    }

    private (ReverseAction, bool)? Call(ReverseMapText map, ReverseRuleText rule)
    {
        if (Find(rule.Map!) is not { IsSegment: false } called)
        {
            Fault(map.Path, rule.Line, MapRules.MapReference, $"No map to a datatype is named '{rule.Map}'.");
            return null;
        }

        if (rule.Vocabulary is not null && Inverse(rule.Vocabulary) is null)
        {
            return NoTable(map, rule, rule.Vocabulary);
        }

        var vocabulary = rule.Vocabulary is null ? null : Inverse(rule.Vocabulary);
        return ((run, in given) =>
        {
            if (given.Target() is { } at)
            {
                run.Fill(called, ReverseRun.FocusOf(given.Item), at, vocabulary);
            }
            else
            {
                run.Find(ReverseRules.Depth, given.Item.Element);
            }
        }, false);
    }

    /// <summary>Conversions that write one value need a position for it.</summary>
    private ReverseAction One(ReverseMapText map, ReverseRuleText rule, Target[] to, ReverseAction action)
    {
        if (to.Length != 1)
        {
            Fault(map.Path, rule.Line, MapRules.TargetKind, "This conversion writes one value; name one position.");
        }

        return action;
    }

    private InverseTable? Inverse(string name)
    {
        if (!tables.TryGetValue(name, out var table) && terminology.Vocabulary(name) is { } forward)
        {
            tables[name] = table = new InverseTable(forward);
        }

        return table;
    }

    private (ReverseAction, bool)? NoTable(ReverseMapText map, ReverseRuleText rule, string name)
    {
        Fault(map.Path, rule.Line, MapRules.Vocabulary, $"No terminology file has a table named '{name}'.");
        return null;
    }

    private void Fault(string path, int line, string rule, string message) => faults.Add(new MapFault(path, line, rule, message));
}
