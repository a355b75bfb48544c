using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary>A compiled expression. Immutable; threads share it.</summary>
public sealed class FhirPathExpression
{
    private readonly PathNode root;
    private readonly int slots;

    internal FhirPathExpression(string text, PathSyntax syntax, PathNode root, int slots)
    {
        Text = text;
        Syntax = syntax;
        this.root = root;
        this.slots = slots;
    }

    /// <summary>The expression as it was given.</summary>
    public string Text { get; }

    internal PathSyntax Syntax { get; }

    /// <summary>
    /// What is wrong with the expression if it is to be evaluated over a type: elements the type does not have, functions on what they
    /// cannot be called on. In doubt nothing. Strict also asks that conditions are booleans.
    /// </summary>
    public IReadOnlyList<PathFault> Check(string type, bool strict = false) => PathTypeCheck.Check(Syntax, type, strict);

    /// <summary>Evaluates over a resource, which is also <c>%resource</c> and <c>%rootResource</c>.</summary>
    public FhirPathResult Evaluate(FhirElement resource, FhirPathContext? context = null) => Evaluate(resource, null, resource, resource, context);

    /// <summary>Evaluates over any element.</summary>
    /// <param name="focus">The element the expression is about; absent for an expression that needs none.</param>
    /// <param name="focusType">Its FHIR type (<c>HumanName</c>, <c>Patient.contact</c>); null if it is to be found from the resource down.</param>
    /// <param name="resource">The resource the element is in.</param>
    /// <param name="rootResource">The resource that contains that one, or the same.</param>
    /// <param name="context">What the evaluation may ask from outside.</param>
    public FhirPathResult Evaluate(FhirElement focus, string? focusType, FhirElement resource, FhirElement rootResource, FhirPathContext? context = null)
    {
        var run = Begin(focus, TypeOf(focus, focusType), resource, rootResource, context);
        var from = run.Count;
        root.Push(run);
        var result = run.Fault is { } fault
            ? new FhirPathResult([], fault)
            : new FhirPathResult(run.Count == from ? [] : run.Stack.AsSpan(from, run.Count - from).ToArray(), null);
        run.End();
        return result;
    }

    /// <summary>The same over a resource, added to a list that is used again; nothing where it could not be evaluated.</summary>
    internal void Evaluate(FhirElement resource, List<FhirPathValue> into)
    {
        var run = Begin(resource, TypeOf(resource, null), resource, resource, null);
        var from = run.Count;
        root.Push(run);
        if (run.Fault is null)
        {
            into.AddRange(run.Stack.AsSpan(from, run.Count - from));
        }

        run.End();
    }

    /// <summary>
    /// Evaluates as a condition, an invariant's entry point: nothing is allocated unless the expression computes texts.
    /// </summary>
    /// <returns>True or False; Empty if the expression gave nothing; Fault, with the reason, if it could not be evaluated.</returns>
    public PathTruth IsTrue(FhirElement focus, string? focusType, FhirElement resource, FhirElement rootResource, FhirPathContext? context, out PathFault? fault) =>
        IsTrue(focus, TypeOf(focus, focusType), resource, rootResource, context, out fault);

    /// <summary>The same with the focus's type by its number in <see cref="FhirTypes"/>.</summary>
    internal PathTruth IsTrue(FhirElement focus, int focusType, FhirElement resource, FhirElement rootResource, FhirPathContext? context, out PathFault? fault)
    {
        var run = Begin(focus, focusType, resource, rootResource, context);
        var truth = root.Test(run);
        fault = run.Fault;
        run.End();
        return fault is null ? truth : PathTruth.Fault;
    }

    private static int TypeOf(FhirElement focus, string? focusType) => focusType is null ? FhirTypes.R4.Of(focus) : FhirTypes.R4.IdOf(focusType);

    private PathRun Begin(FhirElement focus, int focusType, FhirElement resource, FhirElement rootResource, FhirPathContext? context)
    {
        var run = PathRun.Begin(context ?? FhirPathContext.None, slots);
        run.Resource = resource;
        run.RootResource = rootResource;
        if (focus.Tape is { } tape)
        {
            run.ContextItem = new FhirPathValue(tape, focus.Index, focusType, focus.IsSibling ? PathKind.ElementWithoutValue : PathKind.Element);
            run.Push(run.ContextItem);
            run.FocusCount = 1;
        }
        else
        {
            run.FocusCount = 0;
        }

        run.FocusAt = 0;
        return run;
    }
}
