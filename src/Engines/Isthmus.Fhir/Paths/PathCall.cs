namespace Isthmus.Fhir.Paths;

/// <summary>A call while it is compiled: what it is called on, and its arguments, compiled when asked for.</summary>
internal sealed class PathCall(PathCompiler compiler, CallSyntax syntax, PathNode source)
{
    public int Position => syntax.Position;

    public PathNode Source => source;

    public int Count => syntax.Arguments.Count;

    public PathNode this[int index] => compiler.Compile(syntax.Arguments[index]);

    public IReadOnlyList<PathNode> Arguments => [.. syntax.Arguments.Select(compiler.Compile)];

    /// <summary><c>as(Type)</c> and <c>ofType(Type)</c>.</summary>
    public PathNode OfType(bool single) => compiler.OfType(Position, source, Specifier(), single);

    public PathNode Is() => new IsNode(Position, source, new TypeTest(Specifier()));

    /// <summary>A minus before a key, or <c>desc</c> behind it, turns the order.</summary>
    public PathNode Sort()
    {
        var keys = syntax.Arguments.Select(argument => argument switch
        {
            SortKeySyntax key => (compiler.Compile(key.Key), key.Descending),
            SignSyntax { Negative: true } sign => (compiler.Compile(sign.Operand), true),
            _ => (compiler.Compile(argument), false),
        }).ToArray();
        return new SortNode(Position, source, keys.Length > 0 ? keys : [(new FocusNode(Position), false)]);
    }

    /// <summary>The variable is known to what follows in the chain, and not to its own value.</summary>
    public PathNode DefineVariable()
    {
        var value = Count > 1 ? this[1] : null;
        if (syntax.Arguments[0] is not LiteralSyntax { Value: { Kind: PathKind.String } name })
        {
            var computed = this[0];
            compiler.DefineComputed();
            return new DefineComputedVariableNode(Position, source, computed, value);
        }

        return compiler.Define((string)name.Reference!, Position) is { } slot ? new DefineVariableNode(Position, source, value, slot) : new EmptyNode(Position);
    }

    /// <summary>The argument as a type's name, which the grammar reads as a path.</summary>
    private TypeSpecifier Specifier()
    {
        switch (syntax.Arguments[0])
        {
            case ElementSyntax { Source: null } name:
                return new TypeSpecifier(name.Position, null, name.Name);
            case ElementSyntax { Source: ElementSyntax { Source: null } prefix } name:
                return new TypeSpecifier(prefix.Position, prefix.Name, name.Name);
            default:
                compiler.Fail(PathRules.TypeExpected, syntax.Arguments[0].Position);
                return new TypeSpecifier(Position, "System", "Any");
        }
    }
}
