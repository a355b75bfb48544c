namespace Isthmus.Fhir.Paths;

/// <summary>An expression, or the fault that prevented it. Exactly one of the two is set.</summary>
public sealed record FhirPathCompilation(FhirPathExpression? Expression, PathFault? Fault);

/// <summary>
/// FHIRPath: the normative release 2.0.0, FHIR R4's functions, and of the later drafts what the community's cases use.
/// An expression is compiled once and evaluated by any number of threads.
/// </summary>
public static class FhirPath
{
    /// <summary>Compiles an expression. Its syntax, its functions and their arity are checked; types are not, see <see cref="FhirPathExpression.Check"/>.</summary>
    public static FhirPathCompilation Compile(string text) => Compile(text, asFilters: false);

    /// <summary>
    /// Compiles an expression of R4's own definitions (invariants, search parameters). They were written before
    /// <c>as</c> took single items only, and some name types of later releases: there, <c>as</c> and <c>ofType</c> let pass what fits.
    /// </summary>
    public static FhirPathCompilation CompileDefinition(string text) => Compile(text, asFilters: true);

    private static FhirPathCompilation Compile(string text, bool asFilters)
    {
        var (syntax, fault) = PathParser.Parse(text);
        if (syntax is null)
        {
            return new FhirPathCompilation(null, fault);
        }

        var compiler = new PathCompiler(asFilters);
        var node = compiler.Compile(syntax);
        return compiler.Fault is { } refused
            ? new FhirPathCompilation(null, refused)
            : new FhirPathCompilation(new FhirPathExpression(text, syntax, node, compiler.Slots), null);
    }
}
