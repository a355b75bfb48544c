using System.Runtime.InteropServices;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Hl7v2;
using Isthmus.Mapping.Compiled;

namespace Isthmus.Mapping.Running;

/// <summary>
/// The working memory of one translation: the message, the tape that grows, the stack of map invocations. Reused from
/// message to message, so that a translation allocates almost nothing.
/// </summary>
internal sealed class TranslationRun
{
    private const int FhirNone = -1;

    /// <summary>Between the parts of a business key; no text of a message holds it.</summary>
    private const byte KeySeparator = 0x1F;

    private static readonly int UrlName = FhirNames.IdOf("url"u8);
    private static readonly int IdName = FhirNames.IdOf("id"u8);
    private static readonly int ReferenceName = FhirNames.IdOf("reference"u8);

    private Frame[] frames = new Frame[16];
    private int frameCount;
    private int[] registers = new int[256];
    private int registerCount;
    private Slice[] parts = new Slice[256];
    private int partCount;
    private byte[] raw = [];
    private int rawStart;
    private int keptSegment;
    private int keptField;
    private Slice kept;

    public FhirBuilder Builder { get; } = new(4096, 64 * 1024);

    public GroupWalk Groups { get; } = new();

    public ResourceTable Resources { get; } = new();

    public List<MapFinding> Findings { get; } = [];

    public OffsetCache Offsets { get; } = new();

    public ResourceIds Ids { get; } = new();

    /// <summary>The JSON of the resources, once it is asked for.</summary>
    public FhirJsonWriter Writer { get; } = new(64 * 1024);

    /// <summary>For the bundle, which is written resource by resource straight from the tape.</summary>
    public FhirJsonWriter BundleWriter { get; } = new(64 * 1024);

    public byte[] SourceName { get; private set; } = [];

    public Hl7Message Message { get; private set; } = null!;

    public Hl7Delimiters Delimiters { get; private set; }

    public TranslationContext Context { get; private set; } = null!;

    public CompiledMaps Maps { get; private set; } = null!;

    public void Begin(CompiledMaps maps, Hl7Message message, TranslationContext context)
    {
        Maps = maps;
        Message = message;
        Delimiters = message.Delimiters;
        if (Context?.Source != context.Source)
        {
            SourceName = Encoding.UTF8.GetBytes(context.Source);
        }

        Context = context;
        Builder.Reset();
        Findings.Clear();
        Resources.Clear();
        Writer.Clear();
        frameCount = registerCount = partCount = 0;
        keptSegment = -1;
        if (MemoryMarshal.TryGetArray(message.Raw, out var array))
        {
            raw = array.Array!;
            rawStart = array.Offset;
        }
        else
        {
            raw = message.Raw.ToArray();
            rawStart = 0;
        }
    }

    public ref Frame FrameAt(int frame) => ref frames[frame];

    public ReadOnlySpan<byte> Bytes(Slice slice) => raw.AsSpan(rawStart + slice.Start, slice.Length);

    private ReadOnlySpan<byte> Whole => raw.AsSpan(rawStart, Message.Raw.Length);

    public void Find(string rule, Slice at, string message) => Findings.Add(new MapFinding(rule, Message.Locate(at.Start), message));

    /// <summary>Runs a segment map onto a resource.</summary>
    public void RunSegment(CompiledMap map, int resource, int segment, int group)
    {
        var frame = Push(map, null, -1, segment, group);
        registers[frames[frame].Registers] = resource;
        RunBlocks(frame);
        Pop(frame);
    }

    /// <summary>Whether a condition holds for a segment.</summary>
    public bool Holds(Condition condition, CompiledMap map, int segment, int group)
    {
        var frame = Push(map, null, -1, segment, group);
        var holds = condition(this, frame);
        Pop(frame);
        return holds;
    }

    /// <summary>Runs a datatype map, or a segment map for another resource, at a place of the calling map.</summary>
    public void Call(CompiledMap map, CallWith? with, int caller, int callerRegister, Target callerTarget, Slice value)
    {
        var frame = Push(map, with, caller, frames[caller].Segment, frames[caller].Group);
        frames[frame].CallerRegister = callerRegister;
        frames[frame].CallerTarget = callerTarget;
        Divide(frame, value);
        RunBlocks(frame);
        Pop(frame);
    }

    /// <summary>
    /// Makes a resource out of a value, or finds the one that an equal value has made before in this message.
    /// Returns its index in <see cref="Resources"/>, or -1 if nothing could be written into it.
    /// </summary>
    public int Make(CompiledMap map, int caller, Slice value)
    {
        var (segment, group) = (frames[caller].Segment, frames[caller].Group);
        var frame = Push(map, null, -1, segment, group);
        if (!map.IsSegment)
        {
            Divide(frame, value);
        }

        var keyLength = ComposeKey(map, frame, value);
        var resource = Resources.Find(map.ResourceType!, Resources.KeyRoom(0)[..keyLength]);
        if (resource < 0)
        {
            var node = Builder.Resource(map.ResourceType);
            resource = Resources.Add(new ResourceEntry
            {
                Definition = -1,
                Type = map.ResourceType!,
                Node = node,
                IdNode = ReserveId(node),
                Group = group,
                Segment = segment,
                Anchor = -1,
                NextInGroup = -1,
            });
            Resources.Keep(resource, keyLength);
            Resources.Index(resource);
            Ids.Write(Context.IdKey, map.ResourceType, SourceName, Resources.KeyOf(resource), 0, Builder.TextAt(Resources[resource].IdNode));
            registers[frames[frame].Registers] = node;
            RunBlocks(frame);
            Resources[resource].Dropped = !Builder.Element(Resources[resource].IdNode).Next.Exists;
        }

        Pop(frame);
        return Resources[resource].Dropped ? -1 : resource;
    }

    /// <summary>Writes <c>Type/id</c> into a Reference element that has none yet.</summary>
    public void Refer(int element, int resource)
    {
        if (Builder.Has(element, ReferenceName))
        {
            return;
        }

        ref var entry = ref Resources[resource];
        var id = Builder.LengthAt(entry.IdNode);
        var length = entry.Type.Length + 1 + id;
        var room = Builder.Room(length);
        entry.Type.CopyTo(room);
        room[entry.Type.Length] = (byte)'/';
        Builder.TextAt(entry.IdNode).CopyTo(room[(entry.Type.Length + 1)..]);
        Builder.Take(element, ReferenceName, repeats: false, length);
    }

    /// <summary>A place for an id right behind the resourceType; its characters are filled in when the business key is known.</summary>
    public int ReserveId(int node)
    {
        Builder.Room(ResourceIds.Length)[..ResourceIds.Length].Fill((byte)'0');
        return Builder.Take(node, IdName, repeats: false, ResourceIds.Length);
    }

    public int GiveId(int node, string id) => Builder.String(node, IdName, Encoding.UTF8.GetBytes(id));

    /// <summary>Adds one part to the business key being composed; returns the key's length.</summary>
    public int AppendKey(int length, ReadOnlySpan<byte> part)
    {
        var room = Resources.KeyRoom(length + part.Length + 1);
        part.CopyTo(room[length..]);
        room[length + part.Length] = KeySeparator;
        return length + part.Length + 1;
    }

    private int ComposeKey(CompiledMap map, int frame, Slice value)
    {
        var length = 0;
        var valued = false;
        foreach (var source in map.Key)
        {
            var part = Innermost(source(this, frame));
            valued |= !part.IsEmpty;
            length = AppendKey(length, Bytes(part));
        }

        if (valued || map.IsSegment)
        {
            return length;
        }

        Bytes(value).CopyTo(Resources.KeyRoom(value.Length));
        return value.Length;
    }

    /// <summary>The node of a register, created with all above it if it is not there yet.</summary>
    public int Ensure(int frame, int register)
    {
        ref var call = ref frames[frame];
        var slot = call.Registers + register;
        if (registers[slot] >= 0)
        {
            return registers[slot];
        }

        int node;
        if (register == 0)
        {
            node = Ensure(call.Caller, call.CallerRegister);
        }
        else
        {
            ref readonly var made = ref call.Map.Registers[register];
            var parent = Ensure(frame, made.Parent);
            node = made.Repeats ? Builder.Item(parent, made.Name) : Builder.Object(parent, made.Name, made.Sibling);
            if (made.Url is not null)
            {
                Builder.String(node, UrlName, made.Url);
            }
        }

        registers[slot] = node;
        return node;
    }

    /// <summary>Whether an element exists: because this map made it, or one that this map called.</summary>
    public bool IsMade(int frame, int register)
    {
        ref var call = ref frames[frame];
        var slot = call.Registers + register;
        if (registers[slot] >= 0)
        {
            return true;
        }

        if (register == 0)
        {
            return call.Caller >= 0 && IsMade(call.Caller, call.CallerRegister);
        }

        ref readonly var wanted = ref call.Map.Registers[register];
        if (wanted.Repeats || !IsMade(frame, wanted.Parent))
        {
            return false;
        }

        registers[slot] = Builder.Find(Ensure(frame, wanted.Parent), wanted.Name, wanted.Sibling);
        return registers[slot] >= 0;
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
            registers[call.Registers + register] = node;
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
        return field.IsEmpty ? default : Cut.Part(Whole, field, Delimiters.Repetition, 1, Level.Repetition);
    }

    public Slice WholeField(int segment, int number) => Groups.FieldAt(segment, number);

    /// <summary>The innermost value of a field's first repetition. Conditions ask for the same field again and again, so the last answer is kept.</summary>
    public Slice FirstInnermost(int frame, int number)
    {
        ref var call = ref frames[frame];
        if (call.Field == number)
        {
            return Innermost(call.Value);
        }

        if (keptSegment != call.Segment || keptField != number)
        {
            (keptSegment, keptField, kept) = (call.Segment, number, Innermost(FieldOf(call.Segment, number)));
        }

        return kept;
    }

    /// <summary>How often a field of the segment in hand repeats, empty repetitions included; 0 for an empty field.</summary>
    public int CountRepetitions(int frame, int number)
    {
        var field = WholeField(frames[frame].Segment, number);
        return field.IsEmpty ? 0 : Bytes(field).Count(Delimiters.Repetition) + 1;
    }

    public Slice Repetition(Slice field, int number) => Cut.Part(Whole, field, Delimiters.Repetition, number, Level.Repetition);

    /// <summary>A part of a stretch, one level down; the stretch itself where it cannot be divided and part 1 is asked for.</summary>
    public Slice Part(Slice whole, int number)
    {
        if (whole.Level == Level.Subcomponent)
        {
            return number == 1 ? whole : default;
        }

        return whole.IsEmpty ? default : Cut.Part(Whole, whole, Cut.DelimiterOf(whole.Level, Delimiters), number, Cut.Below(whole.Level));
    }

    /// <summary>A component of the value that the datatype map was called with.</summary>
    public Slice Component(int frame, int number) => parts[frames[frame].Parts + number];

    /// <summary>The innermost first value, without surrounding spaces; empty for a null (<c>""</c>), which makes no element.</summary>
    public Slice Innermost(Slice value)
    {
        if (value.IsEmpty)
        {
            return new Slice(value.Start, 0, Level.Subcomponent);
        }

        var text = Bytes(value);
        var end = value.Level switch
        {
            Level.Repetition => text.IndexOfAny(Delimiters.Component, Delimiters.Subcomponent),
            Level.Component => text.IndexOf(Delimiters.Subcomponent),
            _ => -1,
        };
        return Trim(new Slice(value.Start, end < 0 ? value.Length : end, Level.Subcomponent));
    }

    /// <summary>Without surrounding spaces; empty for a null.</summary>
    public Slice Trim(Slice value)
    {
        var text = Bytes(value);
        if (text.IsEmpty)
        {
            return value;
        }

        var start = 0;
        var end = text.Length;
        while (start < end && text[start] <= ' ')
        {
            start++;
        }

        while (end > start && text[end - 1] <= ' ')
        {
            end--;
        }

        return end - start == 2 && text[start] == '"' && text[start + 1] == '"'
            ? new Slice(value.Start, 0, value.Level)
            : new Slice(value.Start + start, end - start, value.Level);
    }

    /// <summary>Whether anything but delimiters, spaces and nulls stands there.</summary>
    public bool IsValued(Slice value)
    {
        if (value.IsEmpty)
        {
            return false;
        }

        var text = Bytes(value);
        var first = text[0];
        if (char.IsAsciiLetterOrDigit((char)first))
        {
            // By far the most frequent case, and never a delimiter.
            return true;
        }

        foreach (var b in Bytes(Trim(value)))
        {
            if (b != Delimiters.Component && b != Delimiters.Subcomponent && b != Delimiters.Repetition && b != ' ')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Resolves escapes into the builder's free room and returns how many bytes were written there.</summary>
    public int WriteText(Slice value, int at = 0)
    {
        var text = Bytes(value);
        var room = Builder.Room(at + text.Length)[at..];
        return Message.WriteText(text, room);
    }

    private int Push(CompiledMap map, CallWith? with, int caller, int segment, int group)
    {
        if (frameCount == frames.Length)
        {
            Array.Resize(ref frames, frames.Length * 2);
        }

        if (registerCount + map.Registers.Length > registers.Length)
        {
            Array.Resize(ref registers, Math.Max(registers.Length * 2, registerCount + map.Registers.Length));
        }

        registers.AsSpan(registerCount, map.Registers.Length).Fill(FhirNone);
        frames[frameCount] = new Frame
        {
            Map = map,
            With = with,
            Registers = registerCount,
            Parts = partCount,
            Caller = caller,
            Segment = segment,
            Group = group,
        };
        registerCount += map.Registers.Length;
        return frameCount++;
    }

    private void Pop(int frame)
    {
        registerCount = frames[frame].Registers;
        partCount = frames[frame].Parts;
        frameCount = frame;
    }

    /// <summary>Cuts a datatype's value into the components its map asks for; entry 0 is the whole.</summary>
    private void Divide(int frame, Slice value)
    {
        var map = frames[frame].Map;
        if (partCount + map.Parts + 1 > parts.Length)
        {
            Array.Resize(ref parts, Math.Max(parts.Length * 2, partCount + map.Parts + 1));
        }

        var into = parts.AsSpan(partCount, map.Parts + 1);
        partCount += map.Parts + 1;
        into.Clear();
        into[0] = value;
        frames[frame].Value = value;
        if (value.Level == Level.Subcomponent || value.IsEmpty)
        {
            if (map.Parts > 0)
            {
                into[1] = value;
            }

            return;
        }

        var delimiter = Cut.DelimiterOf(value.Level, Delimiters);
        var below = Cut.Below(value.Level);
        var start = value.Start;
        var rest = Bytes(value);
        for (var number = 1; number <= map.Parts; number++)
        {
            var end = delimiter == 0 ? -1 : rest.IndexOf(delimiter);
            into[number] = new Slice(start, end < 0 ? rest.Length : end, below);
            if (end < 0)
            {
                return;
            }

            start += end + 1;
            rest = rest[(end + 1)..];
        }
    }

    private void RunBlocks(int frame)
    {
        var map = frames[frame].Map;
        foreach (var block in map.Blocks)
        {
            if (block.Field == 0)
            {
                RunRules(frame, block.Rules);
                continue;
            }

            var field = WholeField(frames[frame].Segment, block.Field);
            if (field.IsEmpty)
            {
                continue;
            }

            frames[frame].Field = block.Field;
            var from = field.Start;
            for (var number = 1; from <= field.Start + field.Length; number++)
            {
                var rest = new Slice(from, field.Start + field.Length - from, Level.Repetition);
                var repetition = block.Each || number == 1 ? Repetition(rest, 1) : default;
                frames[frame].Value = repetition;
                if (number > 1)
                {
                    registers.AsSpan(frames[frame].Registers)[block.Fresh].Fill(FhirNone);
                }

                if (IsValued(repetition))
                {
                    RunRules(frame, block.Rules);
                }

                if (!block.Each)
                {
                    break;
                }

                from = repetition.Start + repetition.Length + 1;
            }

            frames[frame].Field = 0;
        }
    }

    private void RunRules(int frame, CompiledRule[] rules)
    {
        foreach (var rule in rules)
        {
            var value = default(Slice);
            if (rule.From is not null)
            {
                value = rule.From(this, frame);
                if (value.IsEmpty || !IsValued(value))
                {
                    continue;
                }
            }

            if ((rule.When is null || rule.When(this, frame)) && (rule.Beside < 0 || IsMade(frame, rule.Beside)))
            {
                rule.Apply(this, frame, value);
            }
        }
    }
}
