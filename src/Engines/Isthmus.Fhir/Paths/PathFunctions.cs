using System.Collections.Frozen;

namespace Isthmus.Fhir.Paths;

/// <summary>Every function by its name, with how many arguments it takes and the node that evaluates it.</summary>
internal static class PathFunctions
{
    private static readonly FrozenDictionary<string, PathFunction> All = new PathFunction[]
    {
        // Existence (FHIRPath 2.0.0 section 5.1)
        Node("empty", 0, 0, call => new AnyNode(call.Position, call.Source, wanted: false)),
        Node("exists", 0, 1, call => call.Count == 0 ? new AnyNode(call.Position, call.Source, wanted: true) : new ExistsWhereNode(call.Position, call.Source, call[0])),
        Node("all", 1, 1, call => new AllNode(call.Position, call.Source, call[0])),
        Collection("allTrue", CollectionFunctions.AllTrue),
        Collection("anyTrue", CollectionFunctions.AnyTrue),
        Collection("allFalse", CollectionFunctions.AllFalse),
        Collection("anyFalse", CollectionFunctions.AnyFalse),
        Pair("subsetOf", CollectionFunctions.SubsetOf),
        Pair("supersetOf", CollectionFunctions.SupersetOf),
        Collection("count", CollectionFunctions.Count),
        Collection("distinct", CollectionFunctions.Distinct),
        Collection("isDistinct", CollectionFunctions.IsDistinct),

        // Filtering and projection (5.2)
        Node("where", 1, 1, call => new WhereNode(call.Position, call.Source, call[0])),
        Node("select", 1, 1, call => new SelectNode(call.Position, call.Source, call[0])),
        Node("repeat", 1, 1, call => new RepeatNode(call.Position, call.Source, call[0], distinct: true)),
        Node("repeatAll", 1, 1, call => new RepeatNode(call.Position, call.Source, call[0], distinct: false)),
        Node("ofType", 1, 1, call => call.OfType(single: false)),

        // Subsetting (5.3)
        Collection("single", CollectionFunctions.Single),
        Collection("first", CollectionFunctions.First),
        Collection("last", CollectionFunctions.Last),
        Collection("tail", CollectionFunctions.Tail),
        Pair("skip", CollectionFunctions.Skip),
        Pair("take", CollectionFunctions.Take),
        Pair("intersect", CollectionFunctions.Intersect),
        Pair("exclude", CollectionFunctions.Exclude),
        Node("sort", 0, int.MaxValue, call => call.Sort()),

        // Combining (5.4)
        Pair("union", CollectionFunctions.Union),
        Pair("combine", CollectionFunctions.Combine),
        Node("coalesce", 1, int.MaxValue, call => new CoalesceNode(call.Position, call.Arguments)),

        // Conversion (5.5)
        Node("iif", 2, 3, call => new IfNode(call.Position, call.Source, call[0], call[1], call.Count > 2 ? call[2] : null)),
        Scalar("toBoolean", 0, 0, ConversionFunctions.To(PathKind.Boolean)),
        Scalar("convertsToBoolean", 0, 0, ConversionFunctions.ConvertsTo(PathKind.Boolean)),
        Scalar("toInteger", 0, 0, ConversionFunctions.To(PathKind.Integer)),
        Scalar("convertsToInteger", 0, 0, ConversionFunctions.ConvertsTo(PathKind.Integer)),
        Scalar("toDecimal", 0, 0, ConversionFunctions.To(PathKind.Decimal)),
        Scalar("convertsToDecimal", 0, 0, ConversionFunctions.ConvertsTo(PathKind.Decimal)),
        Scalar("toString", 0, 0, ConversionFunctions.To(PathKind.String)),
        Scalar("convertsToString", 0, 0, ConversionFunctions.ConvertsTo(PathKind.String)),
        Scalar("toDate", 0, 0, ConversionFunctions.To(PathKind.Date)),
        Scalar("convertsToDate", 0, 0, ConversionFunctions.ConvertsTo(PathKind.Date)),
        Scalar("toDateTime", 0, 0, ConversionFunctions.To(PathKind.DateTime)),
        Scalar("convertsToDateTime", 0, 0, ConversionFunctions.ConvertsTo(PathKind.DateTime)),
        Scalar("toTime", 0, 0, ConversionFunctions.To(PathKind.Time)),
        Scalar("convertsToTime", 0, 0, ConversionFunctions.ConvertsTo(PathKind.Time)),
        Scalar("toQuantity", 0, 1, ConversionFunctions.To(PathKind.Quantity)),
        Scalar("convertsToQuantity", 0, 1, ConversionFunctions.ConvertsTo(PathKind.Quantity)),

        // Strings (5.6)
        Scalar("indexOf", 1, 1, StringFunctions.IndexOf),
        Scalar("lastIndexOf", 1, 1, StringFunctions.LastIndexOf),
        Scalar("substring", 1, 2, StringFunctions.Substring),
        Scalar("startsWith", 1, 1, StringFunctions.StartsWith),
        Scalar("endsWith", 1, 1, StringFunctions.EndsWith),
        Scalar("contains", 1, 1, StringFunctions.Contains),
        Scalar("upper", 0, 0, StringFunctions.Upper),
        Scalar("lower", 0, 0, StringFunctions.Lower),
        Scalar("replace", 2, 2, StringFunctions.Replace),
        Node("matches", 1, 2, call => new RegexNode(call.Position, call.Source, call[0], null, call.Count > 1 ? call[1] : null, full: false)),
        Node("matchesFull", 1, 2, call => new RegexNode(call.Position, call.Source, call[0], null, call.Count > 1 ? call[1] : null, full: true)),
        Node("replaceMatches", 2, 3, call => new RegexNode(call.Position, call.Source, call[0], call[1], call.Count > 2 ? call[2] : null, full: false)),
        Scalar("length", 0, 0, StringFunctions.Length),
        Scalar("toChars", 0, 0, StringFunctions.ToChars),
        Scalar("trim", 0, 0, StringFunctions.Trim),
        Scalar("split", 1, 1, StringFunctions.Split),
        Node("join", 0, 1, call => new PairNode(call.Position, call.Source, call.Count > 0 ? call[0] : new EmptyNode(call.Position), StringFunctions.Join)),
        Scalar("encode", 1, 1, EncodingFunctions.Encode),
        Scalar("decode", 1, 1, EncodingFunctions.Decode),
        Scalar("escape", 1, 1, EncodingFunctions.Escape),
        Scalar("unescape", 1, 1, EncodingFunctions.Unescape),

        // Math (5.7)
        Scalar("abs", 0, 0, MathFunctions.Abs),
        Scalar("ceiling", 0, 0, MathFunctions.Ceiling),
        Scalar("exp", 0, 0, MathFunctions.Exp),
        Scalar("floor", 0, 0, MathFunctions.Floor),
        Scalar("ln", 0, 0, MathFunctions.Ln),
        Scalar("log", 1, 1, MathFunctions.Log),
        Scalar("power", 1, 1, MathFunctions.Power),
        Scalar("round", 0, 1, MathFunctions.Round),
        Scalar("sqrt", 0, 0, MathFunctions.Sqrt),
        Scalar("truncate", 0, 0, MathFunctions.Truncate),

        // Navigation and utility (5.8, 5.9)
        Collection("children", NavigationFunctions.Children),
        Collection("descendants", NavigationFunctions.Descendants),
        Node("trace", 1, 2, call => new TraceNode(call.Position, call.Source, call[0], call.Count > 1 ? call[1] : null)),
        Node("defineVariable", 1, 2, call => call.DefineVariable()),
        Node("now", 0, 0, call => new ClockNode(call.Position, PathKind.DateTime)),
        Node("today", 0, 0, call => new ClockNode(call.Position, PathKind.Date)),
        Node("timeOfDay", 0, 0, call => new ClockNode(call.Position, PathKind.Time)),
        Scalar("lowBoundary", 0, 1, PathBoundary.Low),
        Scalar("highBoundary", 0, 1, PathBoundary.High),
        Scalar("precision", 0, 0, PathBoundary.Precision),

        // Operators as functions (6)
        Node("not", 0, 0, call => new NotNode(call.Position, call.Source)),
        Node("is", 1, 1, call => call.Is()),
        Node("as", 1, 1, call => call.OfType(single: true)),
        Node("aggregate", 1, 2, call => new AggregateNode(call.Position, call.Source, call[0], call.Count > 1 ? call[1] : null)),
        Collection("type", NavigationFunctions.Type),

        // FHIR R4 (fhirpath.html#functions)
        Node("extension", 1, 1, call => new PairNode(call.Position, new ChildNode(call.Position, call.Source, "extension"), call[0], FhirFunctions.Extension)),
        Collection("hasValue", FhirFunctions.HasValue),
        Collection("getValue", FhirFunctions.GetValue),
        Collection("resolve", FhirFunctions.Resolve),
        Scalar("memberOf", 1, 1, FhirFunctions.MemberOf),
        Scalar("subsumes", 1, 1, FhirFunctions.Subsumes),
        Scalar("subsumedBy", 1, 1, FhirFunctions.SubsumedBy),
        Scalar("conformsTo", 1, 1, FhirFunctions.ConformsTo),
        Scalar("comparable", 1, 1, FhirFunctions.Comparable),
        Scalar("htmlChecks", 0, 0, FhirFunctions.HtmlChecks),
        Scalar("elementDefinition", 0, 0, FhirFunctions.ElementDefinition),
        Node("slice", 2, 2, call => new SelectNode(
            call.Position, call.Source, new ScalarNode(call.Position, new FocusNode(call.Position), call.Arguments, 2, FhirFunctions.Slice))),
        Scalar("checkModifiers", 1, int.MaxValue, FhirFunctions.CheckModifiers),
    }.ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    public static IEnumerable<string> Names => All.Keys;

    public static PathFunction? Find(string name) => All.GetValueOrDefault(name);

    private static PathFunction Node(string name, int least, int most, Func<PathCall, PathNode> make) => new(name, least, most, make);

    private static PathFunction Collection(string name, CollectionNode.Function function) =>
        new(name, 0, 0, call => new CollectionNode(call.Position, call.Source, function));

    private static PathFunction Pair(string name, PairNode.Function function) =>
        new(name, 1, 1, call => new PairNode(call.Position, call.Source, call[0], function));

    private static PathFunction Scalar(string name, int least, int most, ScalarNode.Function function) =>
        new(name, least, most, call => new ScalarNode(call.Position, call.Source, call.Arguments, least, function));
}

/// <summary>A function: its arity, and what makes the node of a call.</summary>
internal sealed record PathFunction(string Name, int Least, int Most, Func<PathCall, PathNode> Make);
