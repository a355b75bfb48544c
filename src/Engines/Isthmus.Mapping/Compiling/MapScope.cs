using System.Text;
using Isthmus.Fhir.Schema;
using Isthmus.Fhir.Elements;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Compiling;

/// <summary>
/// The names of one map while it is compiled: which registers its paths have become, and which message fields it reads.
/// Faults are reported with the line of the rule.
/// </summary>
internal sealed class MapScope(MapText map, FhirType root, TerminologySet terminology, List<MapFault> faults)
{
    private readonly List<Register> registers = [new Register(-1, -1, false, false, null)];
    private readonly List<FhirType> types = [root];
    /// <summary>A bit each in <see cref="Frame.Known"/>.</summary>
    private const int MostFacts = 64;

    private readonly List<ParsedCondition> facts = [];
    private readonly Dictionary<string, int> byPath = new(StringComparer.Ordinal) { [string.Empty] = 0 };

    public MapText Map => map;

    public TerminologySet Terminology => terminology;

    public int RegisterCount => registers.Count;

    /// <summary>What the map's rules ask of the message, by the numbers of the facts.</summary>
    public Question[] Questions => FactQuestions.Of(facts);

    /// <summary>Fields that the map reads, by segment.</summary>
    public HashSet<(int Segment, int Field)> Reads { get; } = [];

    /// <summary>Where the map first reads a Z-segment that is not its own.</summary>
    public Dictionary<int, TextPlace> LocalReads { get; } = [];

    public int Parts { get; private set; }

    public Register[] Registers => [.. registers];

    public FhirType TypeOf(int register) => types[register];

    public bool RepeatsAt(int register) => registers[register].Repeats;

    public int ParentOf(int register) => registers[register].Parent;

    public void Fault(TextPlace place, string rule, string message) => faults.Add(place.Fault(rule, message));

    /// <summary>The number of a test of the message alone; -1 for one that changes with what is made, and where all numbers are given.</summary>
    public int FactOf(ParsedCondition test)
    {
        if (test.Text is null)
        {
            return -1;
        }

        var number = facts.FindIndex(fact => fact.Text == test.Text);
        if (number < 0 && facts.Count < MostFacts)
        {
            facts.Add(test);
            return facts.Count - 1;
        }

        return number;
    }

    /// <summary>A bit for each fact that looks at the field.</summary>
    public ulong FactsAbout(int field)
    {
        var about = 0UL;
        for (var number = 0; number < facts.Count; number++)
        {
            about |= facts[number].Fields.Contains(field) ? 1UL << number : 0;
        }

        return about;
    }

    /// <summary>The register of an element; -1, with a fault, where the path does not fit the type.</summary>
    public int Element(TextPlace place, IReadOnlyList<TargetStep> steps)
    {
        var register = 0;
        foreach (var step in steps)
        {
            register = Step(place, register, step);
            if (register < 0)
            {
                return -1;
            }
        }

        return register;
    }

    /// <summary>The place of a primitive; null, with a fault, where the path does not end in one.</summary>
    public Target? Primitive(TextPlace place, TargetPath path)
    {
        if (path.IsValue)
        {
            return new Target(0, 0, false, true) { Type = map.Type };
        }

        if (path.Steps.Count == 0)
        {
            Fault(place, MapRules.TargetKind, "This conversion yields one value; name the property it goes to.");
            return null;
        }

        var parent = Element(place, [.. path.Steps.Take(path.Steps.Count - 1)]);
        if (parent < 0)
        {
            return null;
        }

        var step = path.Steps[^1];
        var element = types[parent].Element(step.Name);
        if (element is null)
        {
            Fault(place, MapRules.Target, $"{types[parent].Name} has no element '{step.Name}' in FHIR R4.");
            return null;
        }

        if (FhirSchema.R4.Type(element.Type) is not { IsPrimitive: true })
        {
            Fault(place, MapRules.TargetKind, $"'{step.Name}' is a {element.Type}; this conversion yields one value.");
            return null;
        }

        return new Target(parent, FhirNames.IdOf(step.Name), element.Repeats, false) { Type = element.Type, IsPeriodBound = types[parent].Name == "Period" };
    }

    /// <summary>The FHIR type at the end of a path, without making registers; null if there is none.</summary>
    public string? TypeAt(TargetPath path)
    {
        if (path.IsValue)
        {
            return map.Type;
        }

        var type = root;
        var name = root.Name;
        foreach (var step in path.Steps)
        {
            if (type?.Element(step.Name) is not { } element)
            {
                return null;
            }

            name = element.Type;
            type = FhirSchema.R4.Type(element.Type) is { IsPrimitive: false } complex ? complex : FhirSchema.R4.Type("Element");
        }

        return name;
    }

    /// <summary>Resolves a source; null, with a fault, if it is none.</summary>
    public Source? Read(TextPlace place, string text)
    {
        if (text == "$none")
        {
            return static (_, _) => default;
        }

        if (SourcePath.Parse(text) is not { } path)
        {
            Fault(place, MapRules.Source, $"'{text}' is not a source; write a field as PID-5.1 or a component as CX.4.");
            return null;
        }

        if (SourceCheck.Fault(path) is { } unknown)
        {
            Fault(place, MapRules.SourceUnknown, unknown);
            return null;
        }

        if (path.Datatype.Length > 0)
        {
            if (map.IsSegment || path.Datatype != map.Source)
            {
                Fault(place, MapRules.SourceForeign, $"'{text}' cannot be read in a map of {map.Source}.");
                return null;
            }

            Parts = Math.Max(Parts, path.Component);
            int component = path.Component, sub = path.Subcomponent;
            return PlainText.IsWhole(path) ? PlainText.Of((run, frame) => run.Component(frame, 0))
                : sub > 0 ? (run, frame) => run.Text.Part(run.Component(frame, component), sub)
                : PlainText.Is(path) ? PlainText.Of((run, frame) => run.Component(frame, component))
                : (run, frame) => run.Component(frame, component);
        }

        if (path.IsWhole)
        {
            if (!map.IsSegment && path.Segment.Length == 0)
            {
                return (run, frame) => run.Component(frame, 0);
            }

            Fault(place, MapRules.Source, $"'{text}' is a whole segment; name one of its fields.");
            return null;
        }

        var key = GroupDefinition.KeyOf(path.Segment);
        Reads.Add((key, path.Field));
        if (SourceCheck.IsLocal(path.Segment) && path.Segment != map.Source)
        {
            LocalReads.TryAdd(key, place);
        }

        var inHand = map.IsSegment && path.Segment == map.Source;
        var source = Narrow(inHand ? InHand(path.Field) : Elsewhere(key, path.Field), path.Component, path.Subcomponent);
        return PlainText.Is(path) ? PlainText.Of(source) : source;
    }

    private static Source InHand(int field) => (run, frame) => run.Field(frame, field);

    private static Source Elsewhere(int key, int field) => (run, frame) =>
        run.Groups.Nearest(run.FrameAt(frame).Group, key) is var segment and >= 0 ? run.FieldOf(segment, field) : default;

    private static Source Narrow(Source field, int component, int sub) => (component, sub) switch
    {
        (0, _) => field,
        (_, 0) => (run, frame) => run.Text.Part(field(run, frame), component),
        _ => (run, frame) => run.Text.Part(run.Text.Part(field(run, frame), component), sub),
    };

    private int Step(TextPlace place, int parent, TargetStep step)
    {
        var element = types[parent].Element(step.Name);
        if (element is null)
        {
            Fault(place, MapRules.Target, $"{types[parent].Name} has no element '{step.Name}' in FHIR R4.");
            return -1;
        }

        var path = $"{parent}.{step.Name}[{(element.Repeats ? step.Label ?? "1" : string.Empty)}]";
        if (byPath.TryGetValue(path, out var known))
        {
            return known;
        }

        var type = FhirSchema.R4.Type(element.Type);
        var sibling = type is { IsPrimitive: true };
        registers.Add(new Register(
            parent,
            FhirNames.IdOf(step.Name),
            element.Repeats && !sibling,
            sibling,
            step.Url is null ? null : Encoding.UTF8.GetBytes(step.Url))
        {
            Key = element.Repeats && !sibling && step.Key is not null ? Read(place, step.Key) : null,
        });
        types.Add(sibling ? FhirSchema.R4.Type("Element")! : type!);
        return byPath[path] = registers.Count - 1;
    }
}
