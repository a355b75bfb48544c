using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Hl7v2;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Running;

/// <summary>
/// The working memory of one translation: the message, the tape that grows, the stack of map invocations. Reused from
/// message to message, so that a translation allocates almost nothing.
/// </summary>
internal sealed class TranslationRun
{
    private const int FhirNone = -1;

    private static readonly int UrlName = FhirNames.IdOf("url"u8);

    private readonly FrameStack frames = new();
    private readonly KeyedElements keyed = new();
    private (int Segment, int Field, Slice Value) kept;
    private (int Segment, int Field, int Repetitions) counted;

    public TranslationRun() => Resources = new ResourceTable(Builder);

    public FhirBuilder Builder { get; } = new(4096, 64 * 1024);

    public MessageBytes Text { get; } = new();

    public GroupWalk Groups { get; } = new();

    public ResourceTable Resources { get; }

    public MadeResources Made { get; } = new();

    public GroupResources Within { get; } = new();

    public List<MapFinding> Findings { get; } = [];

    public OffsetCache Offsets { get; } = new();

    public WrittenDates Dates { get; } = new();

    public WrittenUnit LastUnit { get; set; }

    public ResourceIds Ids { get; } = new();

    /// <summary>The JSON of the resources, once it is asked for.</summary>
    public FhirJsonWriter Writer { get; } = new(64 * 1024);

    /// <summary>For the bundle, which is written resource by resource straight from the tape.</summary>
    public FhirJsonWriter BundleWriter { get; } = new(64 * 1024);

    public byte[] SourceName { get; private set; } = [];

    /// <summary>
    /// The scope of what belongs to one person: the source and, once identified, the person, so that a number used twice
    /// by the source never joins the resources of two persons.
    /// </summary>
    public byte[] PersonScope { get; private set; } = [];

    public Hl7Message Message { get; private set; } = null!;

    public TranslationContext Context { get; private set; } = null!;

    /// <summary>What each rule made, when the run is to be explained; else null, and nothing is noted.</summary>
    public RuleTrace? Trace { get; set; }

    public CompiledMaps Maps { get; private set; } = null!;

    /// <summary>The map of the message in hand, once it runs.</summary>
    public MessageMap Map { get; set; } = null!;

    public void Begin(CompiledMaps maps, Hl7Message message, TranslationContext context)
    {
        Maps = maps;
        Message = message;
        if (Context?.Source != context.Source)
        {
            SourceName = Encoding.UTF8.GetBytes(context.Source);
        }

        PersonScope = context.PatientId is null ? SourceName : Encoding.UTF8.GetBytes($"{context.Source}\0{context.PatientId}");
        Context = context;
        Builder.Reset();
        Findings.Clear();
        Resources.Clear();
        Writer.Clear();
        frames.Clear();
        keyed.Clear();
        Made.Clear();
        Dates.Clear();
        LastUnit = default;
        kept.Segment = counted.Segment = -1;
        Text.Begin(message);
    }

    public ref Frame FrameAt(int frame) => ref frames[frame];

    /// <summary>The element that a map was called for, or -1 while there is none.</summary>
    public int RootOf(int frame) => frames[frame].Caller >= 0 ? RootOf(frames[frame].Caller) : frames.Register(frame, 0);

    public void Find(string rule, Slice at, string message, string? table = null, Slice unit = default) =>
        Findings.Add(new MapFinding(rule, Message.Locate(at.Start), message, table, unit.IsEmpty ? null : Message.Locate(unit.Start)));

    /// <summary>Runs a segment map onto a resource.</summary>
    public void RunSegment(CompiledMap map, int resource, int segment, int group)
    {
        Text.Enter(Groups.SegmentAt(segment));
        var frame = Push(map, null, -1, segment, group);
        frames.Register(frame, 0) = resource;
        RuleBlocks.Run(this, frame);
        frames.Pop(frame);
    }

    /// <summary>Whether a condition holds for a segment.</summary>
    public bool Holds(Condition condition, CompiledMap map, int segment, int group)
    {
        var frame = Push(map, null, -1, segment, group);
        var holds = condition(this, frame);
        frames.Pop(frame);
        return holds;
    }

    /// <summary>Runs a datatype map, or a segment map for another resource, at a place of the calling map.</summary>
    public void Call(CompiledMap map, CallWith? with, int caller, int callerRegister, Target callerTarget, Slice value)
    {
        var frame = Push(map, with, caller, frames[caller].Segment, frames[caller].Group);
        frames[frame].CallerRegister = callerRegister;
        frames[frame].CallerTarget = callerTarget;
        frames.Divide(frame, value, Text);
        RuleBlocks.Run(this, frame);
        frames.Pop(frame);
    }

    /// <summary>Runs a map of a segment at a place of the calling map: on the segment in hand, else the nearest one around it, else one below.</summary>
    public void CallPart(CompiledMap map, int segmentKey, int caller, int callerRegister)
    {
        var (segment, group) = (frames[caller].Segment, frames[caller].Group);
        segment = Groups.KeyAt(segment) == segmentKey ? segment : Groups.Nearest(group, segmentKey);
        segment = segment < 0 ? Groups.FirstWithin(group, segmentKey) : segment;
        if (segment < 0)
        {
            return;
        }

        var frame = Push(map, null, caller, segment, Groups.GroupOf(segment));
        frames[frame].CallerRegister = callerRegister;
        RuleBlocks.Run(this, frame);
        frames.Pop(frame);
    }

    /// <summary>Begins an invocation that fills no element of its caller, on the caller's segment; <see cref="Close"/> ends it.</summary>
    public int Open(CompiledMap map, int caller, Slice value)
    {
        var frame = Push(map, null, -1, frames[caller].Segment, frames[caller].Group);
        if (!map.IsSegment)
        {
            frames.Divide(frame, value, Text);
        }

        return frame;
    }

    public void Close(int frame) => frames.Pop(frame);

    /// <summary>Says what the invocation is to fill.</summary>
    public void Fill(int frame, int node) => frames.Register(frame, 0) = node;

    /// <summary>The node of a register, created with all above it if it is not there yet.</summary>
    public int Ensure(int frame, int register)
    {
        if (frames.Register(frame, register) is var known and >= 0)
        {
            return known;
        }

        ref var call = ref frames[frame];

        int node;
        if (register == 0)
        {
            node = Ensure(call.Caller, call.CallerRegister);
        }
        else
        {
            ref readonly var made = ref call.Map.Registers[register];
            var parent = Ensure(frame, made.Parent);
            node = made.Key is not null ? Keyed(frame, parent, made)
                : made.Repeats ? Builder.Item(parent, made.Name)
                : Builder.Object(parent, made.Name, made.Sibling);
            if (made.Url is not null && made.Key is null)
            {
                Builder.String(node, UrlName, made.Url);
            }
        }

        frames.Register(frame, register) = node;
        return node;
    }

    /// <summary>The repetition that has the same key as the segment in hand, made by whichever segment came first.</summary>
    private int Keyed(int frame, int parent, in Register made)
    {
        var key = KeyOf(frame, made);
        var node = keyed.Find(parent, made.Name, key);
        if (node >= 0)
        {
            return node;
        }

        node = Builder.Item(parent, made.Name);
        if (made.Url is not null)
        {
            Builder.String(node, UrlName, made.Url);
        }

        keyed.Add(parent, made.Name, key, node);
        return node;
    }

    private int Push(CompiledMap map, CallWith? with, int caller, int segment, int group) =>
        frames.Push(map, with, caller, segment, group, Groups.AbsentFrom(segment));

    private ReadOnlySpan<byte> KeyOf(int frame, in Register register) => Text.Bytes(Text.Innermost(register.Key!(this, frame)));

    /// <summary>Whether an element exists: because this map made it, or one that this map called.</summary>
    public bool IsMade(int frame, int register)
    {
        if (frames.Register(frame, register) >= 0)
        {
            return true;
        }

        ref var call = ref frames[frame];

        if (register == 0)
        {
            return call.Caller >= 0 && IsMade(call.Caller, call.CallerRegister);
        }

        ref readonly var wanted = ref call.Map.Registers[register];
        if (wanted.Key is not null)
        {
            return IsMade(frame, wanted.Parent) && keyed.Find(Ensure(frame, wanted.Parent), wanted.Name, KeyOf(frame, wanted)) >= 0;
        }

        if (wanted.Repeats || !IsMade(frame, wanted.Parent))
        {
            return false;
        }

        var found = Builder.Find(Ensure(frame, wanted.Parent), wanted.Name, wanted.Sibling);
        frames.Register(frame, register) = found;
        return found >= 0;
    }

    /// <summary>A further element where the register's property repeats, else the register's own; -1 if that one is made already.</summary>
    public int EnsureAnother(int frame, int register)
    {
        if (!IsMade(frame, register))
        {
            return Ensure(frame, register);
        }

        ref var call = ref frames[frame];
        int node;
        if (register == 0)
        {
            node = call.Caller < 0 ? FhirNone : EnsureAnother(call.Caller, call.CallerRegister);
        }
        else
        {
            ref readonly var made = ref call.Map.Registers[register];
            node = made.Repeats ? Builder.Item(Ensure(frame, made.Parent), made.Name) : FhirNone;
        }

        if (node >= 0)
        {
            frames.Register(frame, register) = node;
        }

        return node;
    }

    /// <summary>The element a primitive target hangs under, or -1 if the target already has a value: the first one counts.</summary>
    public int Place(int frame, ref Target target)
    {
        while (target.IsValue)
        {
            ref var call = ref frames[frame];
            target = call.CallerTarget;
            frame = call.Caller;
        }

        if (!target.Repeats && IsMade(frame, target.Register) && Builder.Has(Ensure(frame, target.Register), target.Name))
        {
            return -1;
        }

        return Ensure(frame, target.Register);
    }

    /// <summary>A field of the segment in hand: the repetition that is being gone through, or the first.</summary>
    public Slice Field(int frame, int number)
    {
        ref var call = ref frames[frame];
        return call.Field == number ? call.Value : FieldOf(call.Segment, number);
    }

    /// <summary>The first repetition of a field of any segment.</summary>
    public Slice FieldOf(int segment, int number)
    {
        var field = WholeField(segment, number);
        return field.IsEmpty ? default : Text.Repetition(field, 1);
    }

    public Slice WholeField(int segment, int number) => Groups.FieldAt(segment, number);

    /// <summary>The innermost value of a field's first repetition. Conditions ask for the same field again and again, so the last answer is kept.</summary>
    public Slice FirstInnermost(int frame, int number)
    {
        ref var call = ref frames[frame];
        if (call.Field == number)
        {
            return Text.Innermost(call.Value);
        }

        if (kept.Segment != call.Segment || kept.Field != number)
        {
            kept = (call.Segment, number, Text.Innermost(FieldOf(call.Segment, number)));
        }

        return kept.Value;
    }

    /// <summary>How often a field of the segment in hand repeats, empty repetitions included; 0 for an empty field. Counted once per field.</summary>
    public int CountRepetitions(int frame, int number)
    {
        var segment = frames[frame].Segment;
        if (counted.Segment != segment || counted.Field != number)
        {
            var field = WholeField(segment, number);
            counted = (segment, number, field.IsEmpty ? 0 : Text.Bytes(field).Count(Text.Delimiters.Repetition) + 1);
        }

        return counted.Repetitions;
    }

    /// <summary>Forgets the elements in some registers, so that the next repetition makes its own.</summary>
    public void Refresh(int frame, Range registers) => frames.Refresh(frame, registers);

    /// <summary>The row of a table for a code, if it has one.</summary>
    public Coded? Look(CodeTable table, ReadOnlySpan<byte> code)
    {
        var found = table.Find(code);
        if (found is not null)
        {
            Trace?.Look(table.Name, found);
        }

        return found;
    }

    /// <summary>A component of the value that the datatype map was called with.</summary>
    public Slice Component(int frame, int number) => frames.Part(frame, number);

    /// <summary>Resolves escapes into the builder's free room and returns how many bytes were written there.</summary>
    public int WriteText(Slice value, int at = 0)
    {
        var text = Text.Bytes(value);
        var room = Builder.Room(at + text.Length)[at..];
        return Message.WriteText(text, room);
    }
}
