using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary>
/// Checks an expression against the type it is to be evaluated over, before there is a resource: elements that no possible
/// type has, functions of strings on what is no string. In doubt it is silent.
/// </summary>
internal sealed class PathTypeCheck(bool strict)
{
    private static readonly HashSet<string> OfText =
        ["indexOf", "lastIndexOf", "substring", "startsWith", "endsWith", "contains", "upper", "lower", "replace", "matches", "matchesFull", "replaceMatches", "length", "toChars", "trim", "split"];

    private static readonly HashSet<string> Keeping =
        ["where", "first", "last", "tail", "skip", "take", "single", "distinct", "exclude", "intersect", "trace", "sort", "defineVariable", "checkModifiers"];

    private static readonly HashSet<string> Conditions =
    [
        "empty", "exists", "all", "allTrue", "anyTrue", "allFalse", "anyFalse", "subsetOf", "supersetOf", "isDistinct", "not", "is", "startsWith", "endsWith", "contains",
        "matches", "matchesFull", "hasValue", "memberOf", "conformsTo", "subsumes", "subsumedBy", "comparable", "htmlChecks",
    ];

    private static readonly HashSet<string> Texts = ["substring", "upper", "lower", "replace", "replaceMatches", "trim", "join", "toString", "toChars", "split", "encode", "decode", "escape", "unescape"];
    private static readonly HashSet<string> Wholes = ["count", "length", "indexOf", "lastIndexOf", "toInteger", "precision", "ceiling", "floor", "truncate"];

    private static readonly HashSet<string> OfOrder = ["first", "last", "tail", "skip", "take"];

    private readonly List<PathFault> faults = [];

    public static IReadOnlyList<PathFault> Check(PathSyntax syntax, string type, bool strict)
    {
        var id = FhirTypes.R4.IdOf(type);
        if (id == FhirTypes.Unknown)
        {
            return [PathFault.Of(PathRules.TypeUnknown, 0)];
        }

        var check = new PathTypeCheck(strict);
        check.Of(syntax, PathTyping.Of([id], several: false));
        return check.faults;
    }

    private PathTyping Of(PathSyntax? syntax, PathTyping focus)
    {
        switch (syntax)
        {
            case null:
            case SpecialSyntax { Name: "this" }:
                return focus;
            case LiteralSyntax { Value: { } value }:
                return PathTyping.Of(value.Kind);
            case SpecialSyntax { Name: "index" }:
                return PathTyping.Of(PathKind.Integer);
            case ElementSyntax element:
                return Element(element, focus);
            case CallSyntax call:
                return Call(call, focus);
            case IndexSyntax index:
                Of(index.Index, focus);
                return Ordered(Of(index.Source, focus), index.Position) with { Several = false };
            case SignSyntax sign:
                return Of(sign.Operand, focus);
            case SortKeySyntax key:
                return Of(key.Key, focus);
            case TypeSyntax type:
                return Typed(type.Operator, Of(type.Operand, focus), type.Type);
            case BinarySyntax binary:
                return Binary(binary, Of(binary.Left, focus), Of(binary.Right, focus));
            default:
                return PathTyping.Unknown;
        }
    }

    private PathTyping Element(ElementSyntax element, PathTyping focus)
    {
        if (element.Source is null && element.Name.Length > 0 && char.IsAsciiLetterUpper(element.Name[0]) && FhirTypes.R4.IdOf(element.Name) is var root and >= 0
            && (focus.IsUnknown || focus.Fhir.Any(type => FhirTypes.R4.IsA(type, root) || FhirTypes.R4[type].IsAbstractResource)))
        {
            return focus.IsUnknown ? PathTyping.Of([root], several: true) : focus;
        }

        var source = Of(element.Source, focus);
        if (source.IsUnknown || source.System.Count > 0 || source.Fhir.Any(type => FhirTypes.R4[type].IsAbstractResource))
        {
            return PathTyping.Unknown with { Unordered = source.Unordered };
        }

        var name = FhirTypes.R4.PathName(element.Name);
        var steps = source.Fhir.Select(type => name < 0 ? null : FhirTypes.R4[type].Step(name)).OfType<FhirStep>().ToList();
        if (steps.Count == 0)
        {
            faults.Add(PathFault.Of(PathRules.Element, element.Position));
            return PathTyping.Unknown;
        }

        return PathTyping.Of(steps.SelectMany(step => step.Types), source.Several || steps.Exists(step => step.Repeats)) with { Unordered = source.Unordered };
    }

    private PathTyping Call(CallSyntax call, PathTyping focus)
    {
        var source = Of(call.Source, focus);
        if (OfText.Contains(call.Name) && !source.MayBe(FhirForm.String, FhirForm.Date, FhirForm.DateTime, FhirForm.Time))
        {
            faults.Add(PathFault.Of(PathRules.Mismatch, call.Position));
        }

        if (OfOrder.Contains(call.Name))
        {
            Ordered(source, call.Position);
        }

        switch (call.Name)
        {
            case "children" or "descendants":
                return PathTyping.Unknown with { Unordered = true };
            case "is" or "as" or "ofType":
                return Specifier(call.Arguments[0]) is { } type ? Typed(call.Name, source, type) : PathTyping.Unknown;
            case "iif":
                return If(call, source);
            case "select":
                return Of(call.Arguments[0], source with { Several = false }) with { Several = true };
            case "where" or "all" or "exists" or "sort" or "trace":
                foreach (var argument in call.Arguments)
                {
                    Of(argument, source with { Several = false });
                }

                break;
            case "repeat" or "repeatAll" or "aggregate" or "defineVariable":
                // Their arguments see more than the source: what they made before, or variables.
                return call.Name == "defineVariable" ? source : PathTyping.Unknown;
            case "union" or "combine":
                return source.Or(Of(call.Arguments[0], focus), several: true);
            case "extension":
                Of(call.Arguments[0], focus);
                return PathTyping.Of([FhirTypes.R4.Extension], several: true);
            default:
                foreach (var argument in call.Arguments)
                {
                    Of(argument, focus);
                }

                break;
        }

        return Keeping.Contains(call.Name)
                ? source with { Several = source.Several && call.Name is not ("first" or "last" or "single"), Unordered = source.Unordered && call.Name != "sort" }
            : Conditions.Contains(call.Name) ? PathTyping.Of(PathKind.Boolean)
            : Texts.Contains(call.Name) ? PathTyping.Of(PathKind.String, several: call.Name is "toChars" or "split")
            : Wholes.Contains(call.Name) ? PathTyping.Of(PathKind.Integer)
            : PathTyping.Unknown;
    }

    /// <summary>What depends on an order cannot be asked of a collection that has none.</summary>
    private PathTyping Ordered(PathTyping source, int position)
    {
        if (source.Unordered)
        {
            faults.Add(PathFault.Of(PathRules.Unordered, position));
        }

        return source;
    }

    private PathTyping If(CallSyntax call, PathTyping source)
    {
        var criterion = Of(call.Arguments[0], source);
        if (strict && !criterion.MayBe(FhirForm.Boolean))
        {
            faults.Add(PathFault.Of(PathRules.Mismatch, call.Arguments[0].Position));
        }

        var then = Of(call.Arguments[1], source);
        return call.Arguments.Count < 3 ? then : then.Or(Of(call.Arguments[2], source), several: true);
    }

    private static PathTyping Typed(string operation, PathTyping source, TypeSpecifier specifier)
    {
        var type = new TypeTest(specifier);
        if (operation == "is" || !type.IsKnown)
        {
            return operation == "is" ? PathTyping.Of(PathKind.Boolean) : PathTyping.Unknown;
        }

        return type.Fhir == FhirTypes.Unknown ? PathTyping.Of(type.System ?? PathKind.String, source.Several)
            : type.System is null ? PathTyping.Of([type.Fhir], source.Several)
            : PathTyping.Of([type.Fhir], source.Several).Or(PathTyping.Of(type.System.Value), source.Several);
    }

    private static PathTyping Binary(BinarySyntax binary, PathTyping left, PathTyping right) => binary.Operator switch
    {
        "and" or "or" or "xor" or "implies" or "=" or "!=" or "~" or "!~" or "<" or "<=" or ">" or ">=" or "in" or "contains" => PathTyping.Of(PathKind.Boolean),
        "|" => left.Or(right, several: true),
        "&" => PathTyping.Of(PathKind.String),
        "div" => PathTyping.Of(PathKind.Integer),
        _ => PathTyping.Unknown,
    };

    private static TypeSpecifier? Specifier(PathSyntax syntax) => syntax switch
    {
        ElementSyntax { Source: null } name => new TypeSpecifier(name.Position, null, name.Name),
        ElementSyntax { Source: ElementSyntax { Source: null } prefix } name => new TypeSpecifier(prefix.Position, prefix.Name, name.Name),
        _ => null,
    };
}
