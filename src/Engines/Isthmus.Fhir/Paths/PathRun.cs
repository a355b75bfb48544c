using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary>
/// One evaluation: an operand stack on which every node leaves its collection, and the focus (<c>$this</c>), which is a
/// window on that stack, so that iterating over a collection copies nothing. The first fault is kept and ends all loops.
/// </summary>
internal sealed class PathRun
{
    /// <summary>How much of the stack is in use at first, and has to be cleared afterwards; it doubles.</summary>
    private const int Slack = 8;

    /// <summary>Text is compared and copied so fast that so much of it costs what an item does.</summary>
    private const int CharactersPerStep = 64;

    private const int StepsPerQuestion = 50;

    /// <summary>A stack that grew beyond this is not kept for the next evaluation.</summary>
    private const int Kept = 4096;

    private const int TextRoom = 128;
    private const int TextKept = 64 * 1024;

    [ThreadStatic]
    private static PathRun? spare;

    public FhirPathValue[] Stack = new FhirPathValue[64];
    public int Count;

    public int FocusAt;
    public int FocusCount;
    public long Index = -1;
    public int TotalAt;
    public int TotalCount;

    /// <summary>Values of the variables that <c>defineVariable()</c> made, by slot.</summary>
    public FhirPathValue[]?[] Slots = [];

    /// <summary>Variables under computed names; replaced and never changed, so that a scope can put back what was.</summary>
    public Dictionary<string, FhirPathValue[]>? Named;

    public FhirPathContext Context = FhirPathContext.None;
    public FhirElement Resource;
    public FhirElement RootResource;
    public FhirPathValue ContextItem;

    private int ceiling = Slack;
    private int steps;
    private char[] firstText = new char[TextRoom];
    private char[] secondText = new char[TextRoom];

    public PathFault? Fault { get; private set; }

    public bool Failed => Fault is not null;

    /// <summary>A run for this thread, with its stack from the last one. An evaluation within an evaluation gets one of its own.</summary>
    public static PathRun Begin(FhirPathContext context, int slots)
    {
        var run = spare ?? new PathRun();
        spare = null;
        run.Context = context;
        run.steps = context.Limits.MaxSteps;
        if (slots > 0)
        {
            run.Slots = new FhirPathValue[]?[slots];
        }

        return run;
    }

    /// <summary>Lets go of everything that was evaluated and keeps the memory.</summary>
    public void End()
    {
        if (Stack.Length > Kept)
        {
            Stack = new FhirPathValue[64];
        }
        else
        {
            Array.Clear(Stack, 0, Math.Min(ceiling, Stack.Length));
        }

        if (firstText.Length > TextKept || secondText.Length > TextKept)
        {
            (firstText, secondText) = (new char[TextRoom], new char[TextRoom]);
        }

        ceiling = Slack;
        Count = 0;
        Fault = null;
        Index = -1;
        TotalCount = 0;
        Context = FhirPathContext.None;
        Named = null;
        Resource = RootResource = default;
        ContextItem = default;
        if (Slots.Length > 0)
        {
            Slots = [];
        }

        spare = this;
    }

    public void Push(in FhirPathValue value)
    {
        if (Count == ceiling && !Raise())
        {
            return;
        }

        steps--;
        Stack[Count++] = value;
    }

    public void Push(bool value) => Push(new FhirPathValue(value));

    public void Push(string value) => Push(new FhirPathValue(value));

    public void Push(PathTruth truth)
    {
        if (truth <= PathTruth.True)
        {
            Push(new FhirPathValue(truth == PathTruth.True));
        }
    }

    /// <summary>Takes items from below the top of the stack and lets what lies above take their place.</summary>
    public void Drop(int from, int to)
    {
        var kept = Count - to;
        if (kept > 0 && to > from)
        {
            Array.Copy(Stack, to, Stack, from, kept);
        }

        Count = from + kept;
    }

    /// <summary>Accounts for work that leaves nothing on the stack; false once the evaluation is to end.</summary>
    public bool Spend(int work, int position)
    {
        steps -= work;
        if (steps < 0)
        {
            Fail(PathRules.Steps, position);
        }

        return Fault is null;
    }

    /// <summary>An element as a system value, with what reading a long text costs.</summary>
    public FhirPathValue Read(in FhirPathValue value, int position)
    {
        if (value.Kind == PathKind.Element)
        {
            var length = ((FhirTape)value.Reference!).Nodes[value.Node].Length;
            if (length > CharactersPerStep)
            {
                Spend(length / CharactersPerStep, position);
            }
        }

        return PathSystem.Of(value);
    }

    /// <summary>Accounts for asking the caller, or UCUM, which costs more than a look at an item.</summary>
    public bool SpendAsking(int position) => Spend(StepsPerQuestion, position);

    public void Fail(PathRule rule, int position) => Fault ??= PathFault.Of(rule, position);

    /// <summary>The items from a place on, as a condition: one item that is no boolean counts as true (section 4.5).</summary>
    public PathTruth Truth(int from, int position)
    {
        switch (Count - from)
        {
            case 0:
                return Failed ? PathTruth.Fault : PathTruth.Empty;
            case 1:
                return Stack[from].AsBoolean() is false ? PathTruth.False : PathTruth.True;
            default:
                Fail(PathRules.Singleton, position);
                return PathTruth.Fault;
        }
    }

    /// <summary>The one item from a place on; false if there is none, or a fault if there are several.</summary>
    public bool Single(int from, int position, out FhirPathValue value)
    {
        value = default;
        if (Count - from > 1)
        {
            Fail(PathRules.Singleton, position);
        }

        if (Count - from != 1 || Failed)
        {
            return false;
        }

        value = Stack[from];
        return true;
    }

    /// <summary>
    /// A text to look at until the next call for the same side: nothing is allocated unless it is longer than any before.
    /// False if the value has no text.
    /// </summary>
    public bool Text(in FhirPathValue value, bool second, out ReadOnlySpan<char> text)
    {
        text = default;
        if (value.Kind == PathKind.String)
        {
            text = (string)value.Reference!;
            return true;
        }

        if (value.Kind != PathKind.Element || value.Element.Kind is FhirKind.Object or FhirKind.Array or FhirKind.Null)
        {
            return false;
        }

        var bytes = value.Element.Text;
        ref var buffer = ref second ? ref secondText : ref firstText;
        if (buffer.Length < bytes.Length)
        {
            buffer = new char[Math.Max(bytes.Length, buffer.Length * 2)];
        }

        text = buffer.AsSpan(0, Encoding.UTF8.GetChars(bytes, buffer));
        return true;
    }

    private bool Raise()
    {
        if (Failed)
        {
            return false;
        }

        if (Count >= Context.Limits.MaxItems)
        {
            Fail(PathRules.Items, 0);
            return false;
        }

        if (steps < 0)
        {
            Fail(PathRules.Steps, 0);
            return false;
        }

        ceiling *= 2;
        if (ceiling > Stack.Length)
        {
            Array.Resize(ref Stack, ceiling);
        }

        return true;
    }
}
