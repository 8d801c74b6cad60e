package edxml

// Limits bound what one package may cost. A zero field means its default.
type Limits struct {
	TotalBytes     int64 // the package
	StructureBytes int64 // all of it but the attachments' content
	TokenBytes     int   // one tag, text, comment
	Depth          int   // elements inside each other
	Elements       int
	Attributes     int // of one element
	Declarations   int // of prefixes, valid at one place
	NameBytes      int // of one element or attribute
	Attachments    int
	FileBytes      int64 // one attachment, decoded and unpacked
	FilesBytes     int64 // all of them
	Ratio          int64 // unpacked to packed, once an attachment is larger than ratioFrom
}

// The defaults hold for an installation that nobody configured otherwise. The
// largest real header is a document to all communes of the country: some
// 3,500 recipients of nine elements each.
const (
	defaultTotalBytes     = 4 << 30
	defaultStructureBytes = 8 << 20
	defaultTokenBytes     = 1 << 20
	defaultDepth          = 32
	defaultElements       = 80_000
	defaultAttributes     = 64
	defaultDeclarations   = 48
	defaultNameBytes      = 256
	defaultAttachments    = 1000
	defaultFileBytes      = 2 << 30
	defaultFilesBytes     = 4 << 30
	defaultRatio          = 200
)

// ratioFrom lets small files compress as they like.
const ratioFrom = 16 << 20

func (l Limits) filled() Limits {
	number := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	size := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	size(&l.TotalBytes, defaultTotalBytes)
	size(&l.StructureBytes, defaultStructureBytes)
	number(&l.TokenBytes, defaultTokenBytes)
	number(&l.Depth, defaultDepth)
	number(&l.Elements, defaultElements)
	number(&l.Attributes, defaultAttributes)
	number(&l.Declarations, defaultDeclarations)
	number(&l.NameBytes, defaultNameBytes)
	number(&l.Attachments, defaultAttachments)
	size(&l.FileBytes, defaultFileBytes)
	size(&l.FilesBytes, defaultFilesBytes)
	size(&l.Ratio, defaultRatio)
	return l
}
