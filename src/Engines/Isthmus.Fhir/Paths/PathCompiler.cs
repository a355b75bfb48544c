namespace Isthmus.Fhir.Paths;

/// <summary>Turns an expression as written into nodes. The first fault is kept.</summary>
internal sealed class PathCompiler(bool asFilters)
{
    /// <summary>Names that a caller or the evaluation gives a meaning; they cannot be defined again.</summary>
    private static readonly string[] Given = ["context", "resource", "rootResource", "ucum", "sct", "loinc"];

    /// <summary>Variables that can be seen here, innermost last.</summary>
    private readonly List<(string Name, int Slot)> variables = [];

    /// <summary>How many variables were defined under computed names.</summary>
    private int computed;

    public int Slots { get; private set; }

    public PathFault? Fault { get; private set; }

    /// <summary>Compiles a whole operand or argument: what is defined in it is not seen outside.</summary>
    public PathNode Compile(PathSyntax syntax)
    {
        var (seen, before) = (variables.Count, computed);
        var node = Chain(syntax);
        variables.RemoveRange(seen, variables.Count - seen);
        return computed > before ? new ScopeNode(syntax.Position, node) : node;
    }

    public PathNode OfType(int position, PathNode source, TypeSpecifier type, bool single)
    {
        var test = new TypeTest(type);
        return test.IsKnown || asFilters ? new OfTypeNode(position, source, test, single && !asFilters) : Fail(PathRules.TypeUnknown, type.Position);
    }

    /// <summary>Gives a variable a slot; null, and a fault, if there is one of that name.</summary>
    public int? Define(string name, int position)
    {
        if (variables.Exists(variable => variable.Name == name) || IsGiven(name))
        {
            Fail(PathRules.VariableTwice, position);
            return null;
        }

        variables.Add((name, Slots));
        return Slots++;
    }

    /// <summary>Takes note of a variable whose name is known only when it is evaluated.</summary>
    public void DefineComputed() => computed++;

    /// <summary>Whether a name has a meaning already.</summary>
    public static bool IsGiven(string name) =>
        Given.Contains(name) || name.StartsWith("vs-", StringComparison.Ordinal) || name.StartsWith("ext-", StringComparison.Ordinal);

    public PathNode Fail(PathRule rule, int position)
    {
        Fault ??= PathFault.Of(rule, position);
        return new EmptyNode(position);
    }

    /// <summary>Compiles a chain, in which a variable is seen by what follows its definition.</summary>
    private PathNode Chain(PathSyntax? syntax) => syntax switch
    {
        null => new FocusNode(0),
        LiteralSyntax { Value: { } value } => new LiteralNode(syntax.Position, value),
        LiteralSyntax => new EmptyNode(syntax.Position),
        SpecialSyntax special => special.Name switch
        {
            "this" => new FocusNode(special.Position),
            "index" => new IndexVariableNode(special.Position),
            _ => new TotalNode(special.Position),
        },
        VariableSyntax variable => Variable(variable),
        ElementSyntax element => new ChildNode(element.Position, element.Source is null ? null : Chain(element.Source), element.Name),
        CallSyntax call => Call(call),
        IndexSyntax index => new IndexerNode(index.Position, Chain(index.Source), Compile(index.Index)),
        SignSyntax sign => new SignNode(sign.Position, sign.Negative, Compile(sign.Operand)),
        TypeSyntax type => type.Operator == "is"
            ? new IsNode(type.Position, Compile(type.Operand), new TypeTest(type.Type))
            : OfType(type.Position, Compile(type.Operand), type.Type, single: true),
        BinarySyntax binary => Binary(binary),
        _ => Fail(PathRules.Syntax, syntax.Position),
    };

    private PathNode Call(CallSyntax call)
    {
        if (PathFunctions.Find(call.Name) is not { } function)
        {
            return Fail(PathRules.Function, call.Position);
        }

        if (call.Arguments.Count < function.Least || call.Arguments.Count > function.Most)
        {
            return Fail(PathRules.Arguments, call.Position);
        }

        return function.Make(new PathCall(this, call, Chain(call.Source)));
    }

    private PathNode Binary(BinarySyntax binary)
    {
        var left = Compile(binary.Left);
        var right = Compile(binary.Right);
        return binary.Operator switch
        {
            "and" or "or" or "xor" or "implies" => new LogicNode(binary.Position, binary.Operator, left, right),
            "=" or "!=" when right is LiteralNode { Value.Kind: PathKind.String } text => new TextEqualityNode(binary.Position, left, text, binary.Operator == "!="),
            "=" or "!=" => new EqualityNode(binary.Position, left, right, equivalent: false, negated: binary.Operator == "!="),
            "~" => new EqualityNode(binary.Position, left, right, equivalent: true, negated: false),
            "!~" => new EqualityNode(binary.Position, left, right, equivalent: true, negated: true),
            "<" or "<=" or ">" or ">=" => new OrderNode(binary.Position, binary.Operator, left, right),
            "in" => new MembershipNode(binary.Position, left, right),
            "contains" => new MembershipNode(binary.Position, right, left),
            "|" => new PairNode(binary.Position, left, right, CollectionFunctions.Union),
            _ => new ArithmeticNode(binary.Position, binary.Operator, left, right),
        };
    }

    private PathNode Variable(VariableSyntax variable)
    {
        if (variables.FindLastIndex(seen => seen.Name == variable.Name) is var index and >= 0)
        {
            return new DefinedVariableNode(variable.Position, variables[index].Slot);
        }

        var constant = variable.Name switch
        {
            "ucum" => "http://unitsofmeasure.org",
            "sct" => "http://snomed.info/sct",
            "loinc" => "http://loinc.org",
            _ when variable.Name.StartsWith("vs-", StringComparison.Ordinal) => $"http://hl7.org/fhir/ValueSet/{variable.Name[3..]}",
            _ when variable.Name.StartsWith("ext-", StringComparison.Ordinal) => $"http://hl7.org/fhir/StructureDefinition/{variable.Name[4..]}",
            _ => null,
        };
        return constant is null ? new VariableNode(variable.Position, variable.Name) : new LiteralNode(variable.Position, new FhirPathValue(constant));
    }
}
