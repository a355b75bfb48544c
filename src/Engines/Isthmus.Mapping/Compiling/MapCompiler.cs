using System.Text;
using Isthmus.Fhir.Schema;
using Isthmus.Mapping.Functions;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Compiling;

/// <summary>
/// Turns segment and datatype maps into <see cref="CompiledMap"/>s. Maps may call each other in any order, so every map gets its
/// (still empty) compiled form first and its rules second.
/// </summary>
internal sealed class MapCompiler
{
    private readonly Dictionary<string, (MapText Text, CompiledMap Map)> maps = new(StringComparer.Ordinal);
    private readonly TerminologySet terminology;
    private readonly ElementRules elements;
    private readonly List<MapFault> faults;

    public MapCompiler(IEnumerable<MapText> texts, TerminologySet terminology, ElementRules elements, List<MapFault> faults)
    {
        this.elements = elements;
        this.terminology = terminology;
        this.faults = faults;
        foreach (var text in texts)
        {
            var map = new CompiledMap
            {
                Name = text.Name,
                Guide = text.Guide,
                SourceName = text.Source,
                IsSegment = text.IsSegment,
                Type = text.Type,
                ResourceType = text.IsResource ? Encoding.UTF8.GetBytes(text.Type) : null,
            };
            if (!maps.TryAdd(text.Name, (text, map)))
            {
                faults.Add(text.Place.Fault(MapRules.DuplicateName, $"A map named '{text.Name}' exists already in {maps[text.Name].Text.Place}."));
            }
        }
    }

    /// <summary>The fields that a map reads, those of the maps it makes resources with included.</summary>
    public Dictionary<CompiledMap, HashSet<(int Segment, int Field)>> Reads { get; } = [];

    public TerminologySet Terminology => terminology;

    /// <summary>Where maps read Z-segments that they are not maps of.</summary>
    public List<(int Segment, TextPlace Place)> LocalReads { get; } = [];

    public CompiledMap? Find(string name) => maps.TryGetValue(name, out var found) ? found.Map : null;

    public void CompileAll()
    {
        MapCircles.Check([.. maps.Values.Select(map => map.Text)], faults);
        foreach (var (text, map) in maps.Values)
        {
            if (FhirSchema.R4.Type(text.Type) is not { } type || (text.IsResource && !type.IsResource))
            {
                faults.Add(text.Place.Fault(MapRules.Type, $"'{text.Type}' is no {(text.IsResource ? "resource" : "type")} of FHIR R4."));
                continue;
            }

            Compile(text, map, type);
        }

        ReadClosure.Complete(Reads, maps.ToDictionary(map => map.Value.Map, map => map.Value.Text.Rules.Select(rule => Find(rule.Create ?? rule.Map ?? string.Empty)).OfType<CompiledMap>().ToArray()));
    }

    private void Compile(MapText text, CompiledMap map, FhirType type)
    {
        var scope = new MapScope(text, type, terminology, faults);
        Reads[map] = scope.Reads;
        DuplicateTargets.Check(scope, text);
        ProfileCheck.Check(scope, text, elements);
        map.Key = [.. text.Key.Select(key => KeyParts.Read(scope, text.Place, key)).OfType<Source>()];
        map.IsOfValue = !text.IsSegment && KeyParts.AreOfValue(text.Key);
        var blocks = new List<Block>();
        for (var at = 0; at < text.Rules.Count;)
        {
            var field = RulePlacement.LoopFieldOf(text, text.Rules[at]);
            var first = scope.RegisterCount;
            var rules = new List<CompiledRule>();
            var each = false;
            while (at < text.Rules.Count && RulePlacement.LoopFieldOf(text, text.Rules[at]) == field)
            {
                if (CompileRule(scope, text.Rules[at]) is { } rule)
                {
                    rules.Add(rule);
                }

                each |= text.Rules[at].Each is not null || WritesRepeating(scope, text.Rules[at]);
                at++;
            }

            if (field > 0)
            {
                scope.Reads.Add((GroupDefinition.KeyOf(text.Source), field));
            }

            blocks.Add(new Block { Field = field, Each = each, Fresh = first..scope.RegisterCount, Rules = [.. rules], Gates = [.. rules.Select(rule => rule.Gate)], Facts = 0 });
        }

        map.Blocks = [.. blocks.Select(block => block with { Facts = scope.FactsAbout(block.Field) })];
        map.Questions = scope.Questions;
        map.Registers = scope.Registers;
        map.Parts = scope.Parts;
        LocalReads.AddRange(scope.LocalReads.Select(read => (read.Key, read.Value)));
    }

    /// <summary>Whether a source is a field of the map's own segment as a whole, which the rule's block goes through.</summary>
    private static bool IsWholeField(MapText map, string source) =>
        map.IsSegment && SourcePath.Parse(source) is { Field: > 0, Component: 0 } path && path.Segment == map.Source && !PlainText.Is(path);

    private static int FieldOf(MapText map, string source) =>
        map.IsSegment && SourcePath.Parse(source) is { Field: > 0 } path && path.Segment == map.Source ? path.Field : 0;

    private static bool WritesRepeating(MapScope scope, RuleText rule)
    {
        if (TargetPath.Parse(rule.To) is not { } path)
        {
            return false;
        }

        var type = scope.TypeOf(0);
        foreach (var step in path.Steps)
        {
            if (type?.Element(step.Name) is not { } element)
            {
                return false;
            }

            if (element.Repeats && step.Url is null)
            {
                return true;
            }

            type = FhirSchema.R4.Type(element.Type);
        }

        return false;
    }

    private CompiledRule? CompileRule(MapScope scope, RuleText rule)
    {
        if (TargetPath.Parse(rule.To) is not { } path)
        {
            scope.Fault(rule.Place, MapRules.Target, $"'{rule.To}' is not a path; write it as name[1].family.");
            return null;
        }

        var sources = rule.From.Select(from => scope.Read(rule.Place, from)).OfType<Source>().ToArray();
        if (sources.Length < rule.From.Count)
        {
            return null;
        }

        if ((rule.When is null ? (Facts: 0, OfMade: null) : ConditionParser.ParseGuard(scope, rule.Place, rule.When)) is not { } when)
        {
            return null;
        }

        var action = CompileAction(scope, rule, path, sources);
        var asks = sources.Length == 0 || (rule.As is not null && FunctionCatalogue.All.TryGetValue(rule.As, out var function) && function.ReadsItself);
        var takes = !asks && rule.Each is null && IsWholeField(scope.Map, rule.From[0]);
        return action is null ? null : new CompiledRule
        {
            From = asks || takes ? null : sources[0],
            TakesRepetition = takes,
            Gate = new Gate(Gate.BitOf(asks || takes ? 0 : FieldOf(scope.Map, rule.From[0])), when.Facts),
            When = when.OfMade,
            Beside = rule.Value is null ? -1 : Beside(scope, rule, path),
            Apply = action,
            Origin = RuleOrigins.Of(scope, rule, path, sources),
        };
    }

    /// <summary>
    /// A constant is written only beside something: in a datatype map when the element has content, in a segment map when the
    /// outermost repeating element of its path has. A constant without a source in a segment map stands on its own.
    /// </summary>
    private static int Beside(MapScope scope, RuleText rule, TargetPath path)
    {
        if (!scope.Map.IsSegment)
        {
            return scope.Map.IsResource ? -1 : 0;
        }

        if (rule.From.Count == 0 || path.Steps.Count < 2)
        {
            return -1;
        }

        for (var depth = 1; depth < path.Steps.Count; depth++)
        {
            var register = scope.Element(rule.Place, [.. path.Steps.Take(depth)]);
            if (register >= 0 && scope.RepeatsAt(register))
            {
                return register;
            }
        }

        return -1;
    }

    private RuleAction? CompileAction(MapScope scope, RuleText rule, TargetPath path, Source[] sources)
    {
        if (rule.Map is not null)
        {
            return CompileCall(scope, rule, path);
        }

        if (rule.Create is not null)
        {
            return CompileCreate(scope, rule, path);
        }

        if (rule.Refer is not null)
        {
            return ReferRule.Compile(scope, rule, path);
        }

        var named = rule.As is null ? null : FunctionCatalogue.All.GetValueOrDefault(rule.As);
        if (named is { FillsElement: true })
        {
            return CompileFilling(scope, rule, path, sources, named);
        }

        if (rule.As is not null && named is null)
        {
            scope.Fault(rule.Place, MapRules.Function, $"'{rule.As}' is not a function; known are {string.Join(", ", FunctionCatalogue.All.Keys.Order(StringComparer.Ordinal))}.");
            return null;
        }

        if (scope.Primitive(rule.Place, path) is not { } target)
        {
            return null;
        }

        if (rule.Value is not null)
        {
            CodeChecks.Constant(scope, rule, path, target.Type, elements);
            var text = Encoding.UTF8.GetBytes(rule.Value);
            return (run, frame, _) => CodeFunctions.Constant(run, frame, target, text);
        }

        if (rule.Text is not null)
        {
            return TextTemplate.Compile(scope, rule.Place, rule.Text, target);
        }

        if (rule.Code is not null)
        {
            if (terminology.Vocabulary(rule.Code) is { } vocabulary)
            {
                CodeChecks.Vocabulary(scope, rule, path, vocabulary, elements);
                return CodeFunctions.Mapped(target, vocabulary);
            }

            scope.Fault(rule.Place, MapRules.Vocabulary, $"No terminology file has a vocabulary named '{rule.Code}'.");
            return null;
        }

        var function = named ?? FunctionCatalogue.Default(target.Type);
        if (sources.Length < function.MinSources)
        {
            scope.Fault(rule.Place, MapRules.Source, $"'{function.Name}' needs {function.MinSources} sources.");
            return null;
        }

        if (function.Types.Length > 0 && !function.Types.Contains(target.Type))
        {
            scope.Fault(rule.Place, MapRules.TargetKind, $"'{function.Name}' yields {string.Join(" or ", function.Types)}; the target is a {target.Type}.");
            return null;
        }

        return function.Compile(new FunctionUse(sources, target, -1, terminology) { From = rule.From });
    }

    private RuleAction? CompileFilling(MapScope scope, RuleText rule, TargetPath path, Source[] sources, Function function)
    {
        var type = scope.TypeAt(path);
        if (type is null || !function.Types.Any(known => Fits(type, known)))
        {
            scope.Fault(rule.Place, MapRules.TargetKind, $"'{function.Name}' fills a {string.Join(" or ", function.Types)}; '{rule.To}' is {type ?? "nothing in FHIR R4"}.");
            return null;
        }

        if (sources.Length < function.MinSources)
        {
            scope.Fault(rule.Place, MapRules.Source, $"'{function.Name}' needs {function.MinSources} sources.");
            return null;
        }

        var register = scope.Element(rule.Place, path.Steps);
        return register < 0 ? null : function.Compile(new FunctionUse(sources, default, register, terminology) { From = rule.From });
    }

    private RuleAction? CompileCall(MapScope scope, RuleText rule, TargetPath path)
    {
        if (Find(rule.Map!) is { IsSegment: true, ResourceType: null } part && scope.Map.IsSegment)
        {
            return PartCall.Compile(scope, rule, path, part);
        }

        if (Find(rule.Map!) is not { IsSegment: false } map || rule.From.Count == 0)
        {
            scope.Fault(rule.Place, MapRules.MapReference, $"No datatype map is named '{rule.Map}'.");
            return null;
        }

        if (scope.TypeAt(path) is not { } type)
        {
            scope.Fault(rule.Place, MapRules.Target, $"'{rule.To}' leads to no element of {scope.TypeOf(0).Name} in FHIR R4.");
            return null;
        }

        var primitive = FhirSchema.R4.Type(map.Type) is { IsPrimitive: true };
        if (primitive ? FhirSchema.R4.Type(type) is not { IsPrimitive: true } : !Fits(type, map.Type))
        {
            scope.Fault(rule.Place, MapRules.TargetKind, $"'{rule.Map}' fills a {map.Type}; '{rule.To}' is a {type}.");
            return null;
        }

        var vocabulary = Table(scope, rule, rule.Vocabulary, terminology.Vocabulary);
        var table = Table(scope, rule, rule.Translate, terminology.Translation);
        var unit = rule.Unit is null ? null : scope.Read(rule.Place, rule.Unit);
        var with = vocabulary is null ? null : new CallWith(vocabulary);
        if (primitive)
        {
            return scope.Primitive(rule.Place, path) is { } target
                ? (run, frame, value) => run.Call(map, with, frame, 0, target, value)
                : null;
        }

        var register = scope.Element(rule.Place, path.Steps);
        return register < 0 ? null
            : table is null ? (run, frame, value) => run.Call(map, with, frame, register, default, value)
            : Translating(map, with, register, new CodeTranslation(table, terminology, unit));
    }

    private static RuleAction Translating(CompiledMap map, CallWith? with, int register, CodeTranslation translation) => (run, frame, value) =>
    {
        run.Call(map, with, frame, register, default, value);
        LocalCodes.Translate(run, frame, register, translation, value, translation.Unit?.Invoke(run, frame) ?? default);
    };

    private static T? Table<T>(MapScope scope, RuleText rule, string? name, Func<string, T?> find)
        where T : class
    {
        var table = name is null ? null : find(name);
        if (name is null || table is not null)
        {
            return table;
        }

        scope.Fault(rule.Place, MapRules.Vocabulary, $"No terminology file has a table named '{name}'.");
        return null;
    }

    private RuleAction? CompileCreate(MapScope scope, RuleText rule, TargetPath path)
    {
        if (Find(rule.Create!) is not { ResourceType: not null } map)
        {
            scope.Fault(rule.Place, MapRules.MapReference, $"No map named '{rule.Create}' makes a resource.");
            return null;
        }

        if (map.IsSegment && (!scope.Map.IsSegment || map.SourceName != scope.Map.Source))
        {
            scope.Fault(rule.Place, MapRules.SourceForeign, $"'{rule.Create}' reads {map.SourceName}, which is not at hand in a map of {scope.Map.Source}.");
            return null;
        }

        var register = scope.Element(rule.Place, path.Steps);
        if (register < 0)
        {
            return null;
        }

        if (scope.TypeAt(path) != "Reference")
        {
            scope.Fault(rule.Place, MapRules.TargetKind, $"'{rule.To}' is not a Reference; a made resource can only be referred to.");
            return null;
        }

        return (run, frame, value) =>
        {
            if (run.Made.Make(run, map, frame, value) is var made and >= 0)
            {
                run.Resources.Refer(run.Ensure(frame, register), made);
            }
        };
    }

    /// <summary>A type fits itself and the types derived from it, as Duration does Quantity.</summary>
    private static bool Fits(string type, string mapType) =>
        type == mapType || (FhirSchema.R4.Type(type) is { } known && known.BaseName == mapType && mapType != "Element");
}
